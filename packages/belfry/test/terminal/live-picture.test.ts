import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { LivePicture } from "../../src/terminal/live-picture.js";
import { memoryIo } from "../memory-io.js";

describe("LivePicture", () => {
  for (const size of [{}, { columns: 0, rows: 0 }])
    it(`is 80 by 24 where the terminal says ${JSON.stringify(size)}`, () => {
      const { io, stdout } = memoryIo();
      Object.assign(io.stdout, { isTTY: true, ...size });
      const picture = new LivePicture(io, ({ columns, rows }) => `${columns} by ${rows}\n`);
      picture.open({ isCleared: false });
      assert.match(stdout(), /80 by 24\n/);
      picture.close();
    });

  it("gives the cursor back when it cannot be drawn, first or last", () => {
    const fails = (): never => {
      throw new Error("no picture");
    };
    const first = memoryIo();
    assert.throws(() => new LivePicture(first.io, fails).open({ isCleared: false }), /no picture/);
    assert.match(first.stdout(), /\[\?25h$/);
    const last = memoryIo();
    let make = (): string => "well\n";
    const picture = new LivePicture(last.io, () => make());
    picture.open({ isCleared: false });
    make = fails;
    assert.throws(() => picture.close(), /no picture/);
    assert.match(last.stdout(), /\[\?25h$/);
    assert.equal(last.io.stdout.listenerCount("resize"), 0);
  });
});
