/** What a command's process ends with. */
export const EXIT = {
  /** It did what was asked; for a server, everything was drained. */
  ok: 0,
  /** It could not, and said why; for a server, connections had to be cut. */
  failure: 1,
  /** It was asked in a way it does not understand. */
  usage: 2,
  /** A client was stopped by SIGINT. */
  interrupted: 130,
} as const;
