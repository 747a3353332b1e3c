import type { TlsSessions } from "@belfry/net";

/** A control connection makes one; a client may renegotiate. */
const MAX_SESSIONS = 4;

/**
 * The TLS sessions a control connection has made. Those of data connections are not among them: else whoever was refused
 * once, for want of a session to resume, could come back with the one made then.
 */
export class ControlSessions {
  readonly #sessions = new Map<string, Uint8Array>();

  /** What the control connection adds to. */
  readonly forControl: TlsSessions = {
    add: (id, session) => {
      if (this.#sessions.size < MAX_SESSIONS) this.#sessions.set(keyOf(id), session);
    },
    find: () => null,
  };

  /** What data connections resume from. */
  readonly forData: TlsSessions = {
    add: () => {},
    find: (id) => this.#sessions.get(keyOf(id)) ?? null,
  };
}

function keyOf(id: Uint8Array): string {
  return Buffer.from(id).toString("hex");
}
