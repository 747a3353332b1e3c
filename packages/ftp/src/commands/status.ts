import { reply } from "../protocol/reply.js";
import type { Reply } from "../protocol/reply.js";
import type { Session } from "../session/session.js";

/** The reply to STAT without a path: what the session has set, and the transfer under way (RFC 959 §4.1.3). */
export function describeStatus(session: Session): Reply {
  const { account, isSecure, state } = session;
  const { type, mode } = state.form;
  return reply(
    211,
    "Status",
    `Logged in as ${account.name}`,
    `Working directory ${state.directory}`,
    `Control connection ${isSecure ? "under TLS" : "in the clear"}, data connections ${state.isDataProtected ? "under TLS" : "in the clear"}`,
    `TYPE ${type}, MODE ${mode}, STRU F`,
    describeTransfer(session),
    "End",
  );
}

function describeTransfer({ transfer }: Session): string {
  if (transfer === null) return "No transfer under way";
  const { plan, progress, since } = transfer;
  const seconds = ((Date.now() - since) / 1000).toFixed(1);
  return `${plan.verb} ${plan.path}: ${progress.bytes} bytes in ${seconds} s`;
}
