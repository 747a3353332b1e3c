import { ReplyError } from "../protocol/reply.js";
import type { Session } from "../session/session.js";

/**
 * Takes the restart marker for a transfer of a file; 0 without one.
 *
 * @throws {ReplyError} 554 for a marker in TYPE A: it would count bytes as they are on the wire (RFC 3659 §5), and where
 * those are in the file only reading it from its start could tell.
 */
export function takeRestart({ state }: Session): number {
  const start = state.restartAt;
  state.restartAt = 0;
  if (start > 0 && state.form.type === "A") throw new ReplyError(554, "A transfer in TYPE A begins at the start");
  return start;
}
