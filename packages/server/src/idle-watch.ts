/** A connection as its watch sees it. The two numbers are the watch's own, kept here to need no table. */
export interface Watched {
  /** Bytes that have come from the peer so far. */
  readonly bytesRead: number;
  /** {@link bytesRead} when the watch last looked. */
  seenBytes: number;
  /** How many looks in a row found nothing new; -1 before the first. */
  silentLooks: number;
  /** Called once, when the peer has been silent for the whole timeout. */
  expire(): void;
}

/** Looks at all connections per timeout. */
const LOOKS = 8;

/**
 * Finds peers that have sent nothing for `timeout` milliseconds, with one timer for all of them and no work per read.
 *
 * The timer comes round eight times per timeout and compares counts, so a silent peer is found between 1 and 1.125
 * timeouts (and a few milliseconds) after its last byte. While the process is too busy to look, nobody's time runs.
 */
export class IdleWatch {
  readonly #timer: NodeJS.Timeout;

  constructor(timeout: number, watched: Iterable<Watched>) {
    // A timer may fire a millisecond early; the one more keeps eight of them from ever falling short of the timeout.
    this.#timer = setInterval(() => look(watched), Math.ceil(timeout / LOOKS) + 1);
  }

  /** Ends the watch. */
  stop(): void {
    clearInterval(this.#timer);
  }
}

function look(watched: Iterable<Watched>): void {
  for (const each of watched) {
    const bytesRead = each.bytesRead;
    if (each.silentLooks < 0 || bytesRead !== each.seenBytes) {
      each.seenBytes = bytesRead;
      each.silentLooks = 0;
    } else if (++each.silentLooks === LOOKS) {
      each.expire();
    }
  }
}
