import assert from "node:assert/strict";
import { once } from "node:events";
import os from "node:os";
import { describe, it } from "node:test";
import { withFtp } from "../support/with-ftp.js";

describe("Transfer", () => {
  it("answers an upload before it closes the data connection, and closes that in order", () =>
    withFtp({}, async ({ service, login }) => {
      const order: string[] = [];
      service.on("command", ({ verb, code }) => {
        if (verb === "STOR") order.push(`answered ${code}`);
      });
      const probe = await login();
      const data = await probe.data();
      // A client that goes on listening on it: a reset would be told as an error.
      data.resume().once("error", () => order.push("reset"));
      data.once("end", () => order.push("closed"));
      assert.match(await probe.say("STOR a"), /^150/);
      data.end("all of it");
      assert.match(await probe.next(), /^226/);
      if (!data.readableEnded) await once(data, "end");
      assert.deepEqual(order, ["answered 226", "closed"]);
      data.destroy();
    }));

  it("waits longer for the news that a client is gone where the machine is crowded", (context) =>
    withFtp({}, async ({ login }) => {
      context.mock.method(os, "loadavg", () => [1000, 0, 0]);
      const probe = await login();
      const data = await probe.data();
      assert.match(await probe.say("STOR a"), /^150/);
      const since = performance.now();
      data.end();
      assert.match(await probe.next(), /^226/);
      // Nothing at all is what a client leaves that is killed at the beginning: 10 ms, and eight times as long at most.
      assert.ok(performance.now() - since >= 75);
      data.destroy();
    }));
});
