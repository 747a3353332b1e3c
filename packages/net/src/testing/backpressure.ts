import assert from "node:assert/strict";
import { DeadlineError } from "../errors.js";
import { type Check, inMs, readExactly } from "./check.js";

const BLOCK = 65_536;
/** More than two kernels' socket buffers ever grow to. */
const TOO_MUCH = 64 << 20;

/** A peer that does not read stops the writer, and bounds what is queued for it. */
export function backpressureChecks(check: Check): void {
  check("write() waits while the peer does not read, and goes on once it does", async (a, b) => {
    a.setWriteDeadline(inMs(100));
    let most = 0;
    await assert.rejects(async () => {
      while (a.bytesWritten < TOO_MUCH) {
        const writing = a.write(new Uint8Array(BLOCK));
        most = Math.max(most, a.bytesQueued);
        await writing;
      }
    }, DeadlineError);
    // The high-water mark, and the one write that went over it.
    assert.ok(most <= 2 * BLOCK, `${most} bytes were queued`);

    a.setWriteDeadline(null);
    const expected = a.bytesWritten;
    const writing = a.write("done");
    await readExactly(b, expected + 4);
    await writing;
    await a.flush();
    assert.equal(a.bytesQueued, 0);
  });
}
