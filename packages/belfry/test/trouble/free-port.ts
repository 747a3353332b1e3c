import { once } from "node:events";
import { createServer } from "node:net";
import type { TestContext } from "node:test";

/** A port of 127.0.0.1 that was free a moment ago; with `test` it is taken until that ends. */
export async function freePort(test?: TestContext): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  if (test !== undefined) test.after(() => server.close());
  else await new Promise((resolve) => server.close(resolve));
  return port;
}
