import { isUtf8 } from "node:buffer";
import { encodeText } from "../protocol/text.js";

/**
 * What of a password is compared. Bytes that are no UTF-8 are taken for Latin-1, which is what clients that know no UTF-8 send; so the password
 * matches whichever way it comes, and argon2 gets the text it asks for.
 */
export function passwordBytes(password: string): Uint8Array {
  const bytes = encodeText(password);
  return isUtf8(bytes) ? bytes : Buffer.from(Buffer.from(bytes).toString("latin1"), "utf8");
}
