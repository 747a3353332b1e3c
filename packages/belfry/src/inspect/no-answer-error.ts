/** Thrown when a process was asked and says nothing: its event loop is stuck, or it was stopped. */
export class NoAnswerError extends Error {
  override readonly name: string = "NoAnswerError";
  /** Stable across releases; the message is not. */
  readonly code = "ERR_NO_ANSWER";
}
