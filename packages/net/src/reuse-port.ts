import { createServer } from "node:net";

let isKnown: boolean | null = null;

/** @throws {TypeError} where the runtime would overlook the option, and listen alone. */
export function checkReusePort(): void {
  isKnown ??= knowsReusePort();
  if (isKnown) return;
  const needed = "Node 22.12, 23.1 or later";
  throw new TypeError(`Cannot use reusePort: this is Node ${process.versions.node}, and it takes ${needed}`);
}

/** Whether the runtime so much as reads the option. It is stopped before it listens. */
function knowsReusePort(): boolean {
  let isRead = false;
  const stop = (): never => {
    throw new Error("enough seen");
  };
  const probe = {
    port: 0,
    get reusePort(): boolean {
      isRead = true;
      return stop();
    },
    get host(): string {
      return stop();
    },
  };
  try {
    createServer().listen(probe).close();
  } catch {
    // As it should.
  }
  return isRead;
}
