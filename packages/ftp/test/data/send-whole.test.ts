import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { sendWhole } from "../../src/data/send-whole.js";
import { noise, pumpOptions, readAll, sha256, withPair } from "./pump-kit.js";

describe("sendWhole()", () => {
  for (const isSecure of [false, true]) {
    it(`sends all of it, counts it and takes its digest, ${isSecure ? "under TLS" : "in the clear"}`, () =>
      withPair(async (client, server) => {
        const bytes = noise(16_384);
        const options = pumpOptions();
        const reading = readAll(client);
        await sendWhole(server, bytes, options);
        assert.equal(options.progress.bytes, 16_384);
        assert.equal(options.digest?.digest("hex"), sha256(bytes));
        await server.closeWrite();
        assert.ok((await reading).equals(bytes));
      }, isSecure));
  }

  it("rejects when the connection is aborted while it waits", () =>
    withPair(async (_client, server) => {
      const options = pumpOptions();
      const sending = sendWhole(server, noise(64 << 20), options);
      server.abort(new Error("ABOR"));
      await assert.rejects(sending);
      assert.equal(options.progress.bytes, 0);
    }));
});
