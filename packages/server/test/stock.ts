import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

// The tests are run without flags, and the heap is only comparable after a collection.
setFlagsFromString("--expose-gc");
globalThis.gc ??= runInNewContext("gc") as typeof globalThis.gc;

/** What this process holds of the system: sockets, timers and the like, by kind. */
export function takeStock(): Record<string, number> {
  const stock: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) {
    // Requests that end by themselves, and the test runner's own.
    if (["TCPWRAP", "TCPSERVERWRAP", "TCPSocketWrap", "TCPServerWrap", "PipeWrap", "Timeout"].includes(kind)) {
      stock[kind] = (stock[kind] ?? 0) + 1;
    }
  }
  return stock;
}
