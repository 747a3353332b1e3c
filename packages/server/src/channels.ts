import { eventChannels } from "./emitter.js";
import type { ServerEvents } from "./events.js";

/** The diagnostics channels of servers: `belfry:server:listening` and so on. */
export const SERVER_CHANNELS = eventChannels<ServerEvents>("server", {
  listening: 1,
  waiting: 1,
  opened: 1,
  closed: 1,
  failed: 1,
  refused: 1,
  policyFailed: 1,
  acceptFailed: 1,
  backedOff: 1,
  suspended: 1,
  resumed: 1,
  draining: 1,
  finished: 1,
});
