/**
 * Text that came from a client, in quotes, so that it neither ends the line it is shown in nor steers the terminal: no control character of C0
 * or C1, no line separator, and nothing that turns the direction of writing.
 */
export function quote(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[\u{7f}-\u{9f}\u{2028}-\u{202e}\u{2066}-\u{2069}]/gu,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** An error in one line, which may hold names that came from a client. */
export function describeError(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replaceAll(/\s+/g, " ").replaceAll(/[\p{Cc}\u{2028}-\u{202e}\u{2066}-\u{2069}]/gu, "?");
}
