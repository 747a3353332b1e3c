import type { InheritedSocket, WorkerSocket } from "./messages.js";

/**
 * Descriptors a worker gets of each socket: it accepts one connection a descriptor and turn of its event loop. With one
 * alone, of a thousand busy connections that are dialled anew after 200 requests each, 800 wait in the kernel for seconds.
 */
const COPIES = 8;

/** Where this process's log is written to. */
const ERRORS = 2;
/** The first descriptor behind input, output, errors and the channel: where the host's log goes, whatever a worker's errors are. */
export const LOG_DESCRIPTOR = 4;
const FIRST_SOCKET = 5;

/** What a worker is to inherit, in this order. */
export function toInherit(sockets: readonly InheritedSocket[]): number[] {
  return [ERRORS, ...sockets.flatMap(({ descriptor }) => Array.from({ length: COPIES }, () => descriptor))];
}

/** What the worker has then. */
export function asInherited(sockets: readonly InheritedSocket[]): WorkerSocket[] {
  return sockets.map((socket, at) => {
    const descriptor = FIRST_SOCKET + at * COPIES;
    return { ...socket, descriptor, copies: Array.from({ length: COPIES - 1 }, (_, i) => descriptor + 1 + i) };
  });
}
