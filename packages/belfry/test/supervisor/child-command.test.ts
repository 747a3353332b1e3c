import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { childCommand } from "../../src/supervisor/child-command.js";

describe("childCommand()", () => {
  it("hands down how sources are run and keeps what is for one process alone", () => {
    const options = ["--import", "tsx", "--inspect-brk=0", "--test", "--max-old-space-size=64", "-e", "main()"];
    const [file, ...rest] = childCommand("worker", options).toReversed();
    assert.match(String(file), /supervisor[\\/]worker\.ts$/);
    assert.deepEqual(rest.toReversed(), ["--import", "tsx", "--max-old-space-size=64"]);
  });
});
