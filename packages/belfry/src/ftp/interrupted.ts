import { constants } from "node:os";

/** Why a command was stopped: its reason for aborting. */
export class Interrupted extends Error {
  override readonly name: string = "Interrupted";
  /** Stable across releases; the message is not. */
  readonly code = "ERR_INTERRUPT";
  /** What a process ends with that the signal stops: 128 and its number, as shells have it. */
  readonly status: number;

  constructor(signal: "SIGINT" | "SIGTERM") {
    super("Stopped");
    this.status = 128 + constants.signals[signal];
  }
}
