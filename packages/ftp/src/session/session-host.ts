import type { Emitter } from "@belfry/server";
import type { SessionTls } from "../data/session-tls.js";
import type { FtpEvents } from "../events.js";
import type { Settings } from "../settings.js";
import type { LoginDesk } from "../users/login-desk.js";
import type { Session } from "./session.js";
import type { SessionInfo } from "./session-info.js";

/** What all sessions of a service share. */
export interface SessionHost {
  readonly settings: Settings;
  readonly emitter: Emitter<FtpEvents>;
  readonly desk: LoginDesk;
  /** TLS for one more control connection; `null` where the service has none. */
  sessionTls(): SessionTls | null;
  sessionInfos(): readonly SessionInfo[];
  /** The session is over. Called once. */
  left(session: Session): void;
}
