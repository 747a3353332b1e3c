import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import type { Ftpd } from "../../packages/belfry/test/ftpd/ftpd-process.js";
import type { Probe } from "../../packages/ftp/test/support/probe.js";

/** Bytes of each file. */
export const SIZE = 10 * 2 ** 20;

/** Written at once by a client. */
const CHUNK = 2 ** 18;

/** Twice the same, so that a file of any index is a piece of it that begins elsewhere: a mixture of two would show. */
const PATTERN = (() => {
  const half = randomBytes(SIZE);
  return Buffer.concat([half, half]);
})();

/** The content of a session's file. */
export function contentOf(index: number): Buffer {
  const start = (index * 34_337) % SIZE;
  return PATTERN.subarray(start, start + SIZE);
}

/** Sends a file and gives the final reply. */
export async function upload(probe: Probe, name: string, content: Buffer): Promise<string> {
  const data = await begin(probe, `STOR ${name}`);
  for (let at = 0; at < content.length; at += CHUNK) {
    if (!data.write(content.subarray(at, at + CHUNK))) await once(data, "drain");
  }
  data.end();
  return probe.next();
}

/** Gets a file and tells whether it is `content`, all of it and nothing else, with a final 226. */
export async function isServed(probe: Probe, name: string, content: Buffer): Promise<boolean> {
  return isExact(await begin(probe, `RETR ${name}`), probe, content);
}

/** The same for a transfer that has begun. */
export async function isExact(data: Socket, probe: Probe, content: Buffer): Promise<boolean> {
  let at = 0;
  let isSame = true;
  for await (const chunk of data as AsyncIterable<Buffer>) {
    isSame &&= chunk.equals(content.subarray(at, at + chunk.length));
    at += chunk.length;
  }
  return isSame && at === content.length && (await probe.next()).startsWith("226 ");
}

/** Opens a data connection for a command, and takes its 150. */
export async function begin(probe: Probe, command: string): Promise<Socket> {
  const port = await probe.passivePort();
  const data = connect({ host: "127.0.0.1", port });
  await once(data, "connect");
  const opening = await probe.say(command);
  if (!opening.startsWith("150 ")) throw new Error(`${command}: ${opening}`);
  return data;
}

/** How long one of many may wait for its turn, in milliseconds. */
const PATIENCE = 120_000;

/** Logs in `count` sessions. */
export function gather(ftpd: Ftpd, count: number): Promise<Probe[]> {
  const login = async (): Promise<Probe> => {
    const probe = await ftpd.login();
    probe.patience = PATIENCE;
    return probe;
  };
  return Promise.all(Array.from({ length: count }, login));
}
