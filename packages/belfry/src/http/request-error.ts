/** Why a request is not answered as it was meant: an HTTP status, and one line of text that is the whole answer. */
export class RequestError extends Error {
  override readonly name: string = "RequestError";
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  /** @param status 400 and up. */
  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}

/** What somebody sent, as a message shows it: in quotes, one line, of bounded length. */
export function quoted(text: string): string {
  const plain = text.replaceAll(/\p{C}/gu, "?");
  return `"${plain.length > 100 ? `${plain.slice(0, 100)}…` : plain}"`;
}
