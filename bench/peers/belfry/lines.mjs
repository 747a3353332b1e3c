// Lines back on @belfry/net: one awaited write a line.

import { lines } from "@belfry/net";
import { listenAnywhere } from "./listen.mjs";

await listenAnywhere(async (conn) => {
  for await (const line of lines(conn)) await conn.write(`${line}\n`);
});
