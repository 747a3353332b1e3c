import { randomBytes } from "node:crypto";
import type { SecureContext } from "node:tls";

/** Bytes of each part of a ticket: its keys, the name of its keys, its initialisation vector. */
const PART = 16;
/** How many data connections' keys are known beside the control connection's. A client goes on with the last tickets it was given. */
const MAX_KEYS = 32;

/** What OpenSSL does with a ticket: `SSL_CTX_set_tlsext_ticket_key_cb(3)`. */
const UNKNOWN = 0;
const TAKE = 1;
const TAKE_AND_RENEW = 2;

/** The runtime's part of a context. None of this is documented, so each bit of it may be missing. */
interface NativeContext {
  enableTicketKeyCallback?: unknown;
  onticketkeycallback?: (name: Buffer, iv: Buffer, isNew: boolean) => readonly [number, ...Buffer[]];
}

/** What tickets are made with. */
interface TicketKey {
  /** Stands in the ticket, for everybody to read. */
  readonly name: Buffer;
  readonly hmac: Buffer;
  readonly aes: Buffer;
}

/**
 * The keys of the tickets of one control connection and its data connections.
 *
 * A handshake is over before it is known whether it has resumed a session, and the client has its tickets by then. So each data
 * connection's tickets are made with keys of their own, and are worth something once {@link trust} has been called for it.
 *
 * A new ticket is given with each session that is resumed by one, while that is wanted. OpenSSL's servers do so under TLS 1.3, for a
 * client may use a ticket once (RFC 8446 §C.4); the runtime's do not. Clients like curl would then resume for their first data
 * connection alone.
 */
export class TicketKeys {
  /** Whether the runtime can be told; where it cannot, it takes and makes all tickets with the keys of the context. */
  readonly areHeeded: boolean;
  readonly #isRenewalWanted: () => boolean;
  readonly #first = makeKey();
  /** Those of data connections, by name; the one used last stands last. */
  readonly #trusted = new Map<string, TicketKey>();
  /** What tickets are made with now. */
  #current = this.#first;

  constructor({ context }: SecureContext, isRenewalWanted: () => boolean) {
    this.#isRenewalWanted = isRenewalWanted;
    const native = context as NativeContext;
    this.areHeeded = typeof native.enableTicketKeyCallback === "function";
    if (!this.areHeeded) return;
    native.onticketkeycallback = (name, iv, isNew) => (isNew ? this.#make() : this.#take(name, iv));
    Reflect.apply(native.enableTicketKeyCallback as () => void, native, []);
  }

  /** The next handshake is a data connection's. */
  begin(): void {
    this.#current = makeKey();
  }

  /** The last handshake has resumed a session of the control connection, so that its tickets are as good as the one it was resumed by. */
  trust(): void {
    const [oldest] = this.#trusted.keys();
    if (this.#trusted.size >= MAX_KEYS && oldest !== undefined) this.#trusted.delete(oldest);
    this.#trusted.set(keyOf(this.#current.name), this.#current);
  }

  #make(): readonly [number, ...Buffer[]] {
    const { name, hmac, aes } = this.#current;
    return [TAKE, hmac, aes, name, randomBytes(PART)];
  }

  #take(name: Buffer, iv: Buffer): readonly [number, ...Buffer[]] {
    const key = this.#find(name);
    const { hmac, aes } = key ?? this.#first;
    const taken = this.#isRenewalWanted() ? TAKE_AND_RENEW : TAKE;
    return [key === null ? UNKNOWN : taken, hmac, aes, name, iv];
  }

  #find(name: Buffer): TicketKey | null {
    if (name.equals(this.#first.name)) return this.#first;
    const text = keyOf(name);
    const key = this.#trusted.get(text);
    if (key === undefined) return null;
    this.#trusted.delete(text);
    this.#trusted.set(text, key);
    return key;
  }
}

function makeKey(): TicketKey {
  return { name: randomBytes(PART), hmac: randomBytes(PART), aes: randomBytes(PART) };
}

function keyOf(name: Buffer): string {
  return name.toString("latin1");
}
