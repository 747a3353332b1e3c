import type { SessionInfo } from "./session-info.js";

/** Something a client is about to do. */
export interface PlannedAction {
  readonly kind:
    | "download"
    | "upload"
    | "list"
    | "delete"
    | "rename"
    | "makeDirectory"
    | "removeDirectory"
    | "setTimes"
    | "setMode";
  /** The virtual path. */
  readonly path: string;
  /** The new path, for `rename`. */
  readonly to: string | null;
  readonly user: string;
  readonly session: SessionInfo;
}

/**
 * Asked before it is done. To refuse, throw a `ReplyError`; the client is answered with its reply. Anything else that is thrown
 * is answered with 451 and told as a `failed` event.
 */
export type BeforeHook = (action: PlannedAction) => void | Promise<void>;
