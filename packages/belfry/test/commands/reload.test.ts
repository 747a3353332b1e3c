import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { main } from "../../src/main.js";
import { controlFolder, isUnix, startControlled } from "../control/control-folder.js";
import { memoryIo } from "../memory-io.js";

describe("belfry reload", { skip: !isUnix }, () => {
  it("prints what has changed", async (t) => {
    const folder = controlFolder(t);
    const { host } = await startControlled(t, folder.socket("1"), "echo");
    host.onReload = async () => {
      await host.add("Tokyo:clock");
    };
    const { io, stdout } = memoryIo(folder.env);
    assert.equal(await main(["reload"], io), 0);
    assert.match(
      stdout(),
      /^generation 2 serves, from \/etc\/belfry\/belfry\.config\.ts\n {2}\+ Tokyo: clock on 127\.0\.0\.1:\d+\n$/,
    );
  });

  it("prints what is wrong with the configuration, a line each, and ends with 1", async (t) => {
    const folder = controlFolder(t);
    const { host } = await startControlled(t, folder.socket("1"), "echo");
    host.onReload = () => {
      throw new Error('Cannot use services.echo.maxCons: unknown key; did you mean "maxConns"?\nCannot use workers 0');
    };
    const { io, stdout, stderr } = memoryIo(folder.env);
    assert.equal(await main(["reload"], io), 1);
    assert.equal(
      stderr(),
      'belfry: Cannot use services.echo.maxCons: unknown key; did you mean "maxConns"?\nbelfry: Cannot use workers 0\n',
    );
    assert.equal(stdout(), "");
  });
});
