// Echo on @belfry/net, as its users write it.

import { copy } from "@belfry/net";
import { listenAnywhere } from "./listen.mjs";

/** @type {Record<string, (conn: import("@belfry/net").Conn) => Promise<unknown>>} */
const MODES = {
  "for-await": async (conn) => {
    for await (const chunk of conn) await conn.write(chunk);
  },
  read: async (conn) => {
    for (let chunk = await conn.read(); chunk !== null; chunk = await conn.read()) await conn.write(chunk);
  },
  "read-into": async (conn) => {
    const buffer = new Uint8Array(65_536);
    for (let n = await conn.readInto(buffer); n !== null; n = await conn.readInto(buffer)) {
      await conn.write(buffer.subarray(0, n));
    }
  },
  copy: async (conn) => {
    await copy(conn, conn);
  },
};

const mode = process.argv[2] ?? "";
const handle = MODES[mode];
if (handle === undefined) throw new Error(`Cannot echo: unknown mode "${mode}"`);
await listenAnywhere(handle);
