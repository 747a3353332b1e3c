import type { Conn } from "@belfry/net";
import type { Server, ServerEventName, ServerEvents } from "../src/index.js";

/** The next such event, or the next that `isWanted` accepts. */
export function happening<E extends ServerEventName>(
  server: Server,
  name: E,
  isWanted: (event: ServerEvents[E]) => boolean = () => true,
): Promise<ServerEvents[E]> {
  return new Promise((resolve) => {
    const off = server.on(name, (event) => {
      if (!isWanted(event)) return;
      off();
      resolve(event);
    });
  });
}

/** All such events from now on, in an array that grows. */
export function record<E extends ServerEventName>(server: Server, name: E): ServerEvents[E][] {
  const seen: ServerEvents[E][] = [];
  server.on(name, (event) => void seen.push(event));
  return seen;
}

/** Reads until `text` has come, and checks that nothing else has. */
export async function expectText(conn: Conn, text: string): Promise<void> {
  let got = "";
  while (got.length < text.length) {
    const bytes = await conn.read();
    if (bytes === null) break;
    got += Buffer.from(bytes).toString();
  }
  if (got !== text) throw new Error(`expected ${JSON.stringify(text)}, got ${JSON.stringify(got)}`);
}

/** A promise and the function that resolves it. */
export function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}
