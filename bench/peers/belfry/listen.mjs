import { listen } from "@belfry/net";

/**
 * Listens on a free port of 127.0.0.1, says so on standard error, and runs `handle` for each connection until it ends.
 *
 * @param {(conn: import("@belfry/net").Conn) => Promise<unknown>} handle
 */
export async function listenAnywhere(handle) {
  const listener = await listen({ host: "127.0.0.1", port: 0 }, { backlog: 4096 });
  console.error(`listening on ${listener.addr.toString()}`);
  // Not killed but ended, so that `node --cpu-prof` writes what it has gathered.
  process.once("SIGTERM", () => process.exit());
  for await (const conn of listener) void run(conn, handle);
}

/**
 * @param {import("@belfry/net").Conn} conn
 * @param {(conn: import("@belfry/net").Conn) => Promise<unknown>} handle
 */
async function run(conn, handle) {
  try {
    await handle(conn);
    await conn.close();
  } catch {
    conn.abort();
  }
}
