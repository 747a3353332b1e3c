// Echo on Deno's own sockets: one loop a connection.

const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
console.error(`listening on 127.0.0.1:${listener.addr.port}`);
void acceptAll();

async function acceptAll() {
  for await (const conn of listener) void echo(conn);
}

async function echo(conn) {
  try {
    conn.setNoDelay(true);
    const buffer = new Uint8Array(65_536);
    for (let n = await conn.read(buffer); n !== null; n = await conn.read(buffer)) {
      let from = 0;
      while (from < n) from += await conn.write(buffer.subarray(from, n));
    }
  } catch {
    // The peer has gone: nothing is left to echo to.
  } finally {
    conn.close();
  }
}
