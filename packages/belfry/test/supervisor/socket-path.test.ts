import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { findSocketPath } from "../../src/supervisor/socket-path.js";

/** What is found for a socket that listens there. */
async function found(where: string | number): Promise<string | null> {
  const server = createServer();
  if (typeof where === "string") server.listen(where);
  else server.listen(where, "127.0.0.1");
  await once(server, "listening");
  try {
    return findSocketPath((server as unknown as { _handle: { fd: number } })._handle.fd);
  } finally {
    server.close();
    await once(server, "close");
  }
}

describe("findSocketPath()", { skip: process.platform !== "linux" }, () => {
  it("finds the file of a Unix socket, blanks in its name included", async () => {
    const folder = mkdtempSync(join(tmpdir(), "belfry-socket-path-"));
    try {
      const path = join(folder, "a socket");
      assert.equal(await found(path), path);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("finds none for other sockets, for files, and for what is not open", async () => {
    assert.equal(await found(0), null);
    assert.equal(findSocketPath(2), null);
    assert.equal(findSocketPath(99_999), null);
  });
});
