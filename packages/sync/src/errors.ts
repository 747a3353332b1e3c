/** Thrown by an operation on something that its owner has closed. */
export class ClosedError extends Error {
  override readonly name: string = "ClosedError";
  /** Stable across releases; the message is not. */
  readonly code = "ERR_CLOSED";

  constructor(message = "Closed", options?: ErrorOptions) {
    super(message, options);
  }
}

/** Thrown by a wait that ran out of time. Nothing was consumed and nothing was lost. */
export class DeadlineError extends Error {
  override readonly name: string = "DeadlineError";
  /** Stable across releases; the message is not. */
  readonly code = "ERR_DEADLINE";

  constructor(message = "Deadline exceeded", options?: ErrorOptions) {
    super(message, options);
  }
}

/** Thrown when a second task enters an operation that admits one task at a time. */
export class BusyError extends Error {
  override readonly name: string = "BusyError";
  /** Stable across releases; the message is not. */
  readonly code = "ERR_BUSY";

  constructor(message = "Busy: another task is in this operation", options?: ErrorOptions) {
    super(message, options);
  }
}
