import { randomBytes } from "node:crypto";
import type { SecureContext } from "node:tls";

/** Bytes of each part of a ticket: its keys, the name of its keys, its initialisation vector. */
const PART = 16;

/** What OpenSSL does with a ticket: `SSL_CTX_set_tlsext_ticket_key_cb(3)`. */
const UNKNOWN = 0;
const TAKE = 1;
const TAKE_AND_RENEW = 2;

/** The runtime's part of a context. None of this is documented, so each bit of it may be missing. */
interface NativeContext {
  enableTicketKeyCallback?: unknown;
  onticketkeycallback?: (name: Buffer, iv: Buffer, isNew: boolean) => readonly [number, ...Buffer[]];
}

/**
 * Has a context give a new ticket with each session that is resumed by one, while `isWanted` says so.
 *
 * OpenSSL's servers do so under TLS 1.3, for a client may use a ticket once (RFC 8446 §C.4); the runtime's do not. Clients like curl would then
 * resume for their first data connection alone. Where the runtime cannot be told, it stays like that.
 */
export function renewTickets({ context }: SecureContext, isWanted: () => boolean): void {
  const native = context as NativeContext;
  if (typeof native.enableTicketKeyCallback !== "function") return;
  const [name, hmacKey, aesKey] = [randomBytes(PART), randomBytes(PART), randomBytes(PART)];
  native.onticketkeycallback = (nameOfTicket, iv, isNew) => {
    if (isNew) return [TAKE, hmacKey, aesKey, name, randomBytes(PART)];
    const taken = isWanted() ? TAKE_AND_RENEW : TAKE;
    return [name.equals(nameOfTicket) ? taken : UNKNOWN, hmacKey, aesKey, name, iv];
  };
  Reflect.apply(native.enableTicketKeyCallback, native, []);
}
