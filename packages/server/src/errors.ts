/** The server is going down: the reason of an aborted {@link ServiceContext.draining} and, past the timeout, of `signal`. */
export class ShutdownError extends Error {
  override readonly name: string = "ShutdownError";
  /** Stable across releases; the message is not. */
  readonly code = "ERR_SHUTDOWN";

  constructor(message = "The server is shutting down", options?: ErrorOptions) {
    super(message, options);
  }
}

/** The connection was ended by {@link Server.kick}: the reason of an aborted `signal`. */
export class KickedError extends Error {
  override readonly name: string = "KickedError";
  /** Stable across releases; the message is not. */
  readonly code = "ERR_KICKED";

  constructor() {
    super("The connection was kicked");
  }
}

/** The peer sent nothing for the whole idle timeout, so the server, or its service, closed the connection. */
export class IdleTimeoutError extends Error {
  override readonly name: string = "IdleTimeoutError";
  /** Stable across releases; the message is not. */
  readonly code = "ERR_IDLE_TIMEOUT";
  /** The timeout that ran out, in milliseconds. */
  readonly timeout: number;

  constructor(timeout: number) {
    super(`The peer sent nothing for ${timeout} ms`);
    this.timeout = timeout;
  }
}
