import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, it } from "node:test";
import type { Readable } from "node:stream";

/** More than a pipe or a socket takes for a reader that does not read. */
const LENGTH = 2 ** 19;

const CHILD = `
import { endChild } from ${JSON.stringify(import.meta.resolve("../../src/supervisor/end-child.js"))};
import { openDescriptor } from ${JSON.stringify(import.meta.resolve("../../src/log/open-descriptor.js"))};
const log = openDescriptor(4);
log.write("x".repeat(${LENGTH}));
endChild({}, 3, log);
`;

describe("endChild", () => {
  it("leaves the log time to be read, and ends with the status", async () => {
    const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "--eval", CHILD], {
      stdio: ["ignore", "inherit", "inherit", "ipc", "pipe"],
    });
    const closed = once(child, "close");
    // Nobody has read anything when it wants to end.
    await once(child, "message");
    let length = 0;
    for await (const chunk of child.stdio[4] as Readable) length += (chunk as Buffer).byteLength;
    assert.equal(length, LENGTH);
    assert.deepEqual(await closed, [3, null]);
  });
});
