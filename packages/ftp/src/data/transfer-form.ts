/** How a file is laid out on a data connection: representation type and transmission mode (RFC 959 §3.1, §3.4). */
export interface TransferForm {
  /** `"A"`: lines end in CRLF on the wire and in LF in storage. `"I"`, and L 8: bytes as they are. */
  readonly type: "A" | "I";
  /** `"S"`: the bytes alone, ended by the end of the connection. `"Z"`: the same as one zlib stream (RFC 1950). */
  readonly mode: "S" | "Z";
}
