const IAC = 0xff;
const SE = 0xf0;
const SB = 0xfa;
const WILL = 0xfb;
const DONT = 0xfe;
const LF = 0x0a;
/** The lowest byte that is a command behind IAC: EOF of RFC 1184 §2.1. */
const FIRST_COMMAND = 0xec;

/** What the bytes so far ended in the middle of. */
type Place = "text" | "iac" | "option" | "sub" | "sub-iac";

/**
 * Takes the Telnet commands out of a stream (RFC 854; the control connection follows it, RFC 959 §3.1), wherever
 * segments cut them, and makes IAC IAC the byte 0xFF. Nothing is answered: FTP has no options to settle.
 *
 * 0xFF before a byte that is no command is a name in Latin-1 whose client does not double it, and stays. A
 * subnegotiation ends with its line at the latest, so that none swallows the session.
 */
export class TelnetFilter {
  #place: Place = "text";

  /** Whether the bytes so far end within a Telnet command. */
  get isWithin(): boolean {
    return this.#place !== "text";
  }

  /** What is left of `bytes`: they themselves when there is nothing to take out, else fresh memory. */
  filter(bytes: Buffer): Buffer {
    if (this.#place === "text" && !bytes.includes(IAC)) return bytes;
    // One more than came: a 0xFF held back from before may turn out to be text.
    const rest = Buffer.allocUnsafe(bytes.length + 1);
    let size = 0;
    for (let at = 0; at < bytes.length; at += 1) {
      const byte = bytes[at] ?? 0;
      const count = this.#take(byte);
      if (count === 2) rest[size++] = IAC;
      if (count > 0) rest[size++] = byte;
    }
    return rest.subarray(0, size);
  }

  /** How many bytes the next one lets through: none, itself, or 0xFF and itself. */
  #take(byte: number): 0 | 1 | 2 {
    if (this.#place === "text") {
      if (byte !== IAC) return 1;
      this.#place = "iac";
      return 0;
    }
    if (this.#place === "iac") {
      this.#place = byte === SB ? "sub" : byte >= WILL && byte <= DONT ? "option" : "text";
      if (byte === IAC) return 1;
      return byte < FIRST_COMMAND ? 2 : 0;
    }
    if (this.#place === "option") {
      this.#place = "text";
      return 0;
    }
    this.#place = this.#placeWithin(byte);
    return byte === LF ? 1 : 0;
  }

  /** A subnegotiation ends with IAC SE, or with the line. */
  #placeWithin(byte: number): Place {
    if (byte === LF || (byte === SE && this.#place === "sub-iac")) return "text";
    return byte === IAC && this.#place === "sub" ? "sub-iac" : "sub";
  }
}
