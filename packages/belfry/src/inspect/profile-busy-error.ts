/** Thrown when a process is asked for a profile while it measures one. */
export class ProfileBusyError extends Error {
  override readonly name: string = "ProfileBusyError";
  /** Stable across releases; the message is not. */
  readonly code = "ERR_PROFILE_BUSY";

  constructor(message = "Cannot measure a profile: another one is being measured", options?: ErrorOptions) {
    super(message, options);
  }
}
