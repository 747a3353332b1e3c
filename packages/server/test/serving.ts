import type { ServeLimits, Server, Service } from "../src/index.js";
import { serve } from "../src/index.js";
import { MemoryListener } from "./memory-listener.js";

/** Serves on a listener without sockets for as long as `test` takes. */
export async function serving(
  service: Service,
  limits: ServeLimits,
  test: (server: Server, listener: MemoryListener) => Promise<void>,
): Promise<void> {
  const listener = new MemoryListener();
  const server = await serve({ listener, ...limits }, service);
  try {
    await test(server, listener);
  } finally {
    await server.close();
  }
}

/** Says its id, then echoes. */
export const greet: Service = async (conn, { id }) => {
  await conn.write(`${id}.`);
  for await (const bytes of conn) await conn.write(bytes);
};
