import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Claims } from "../../src/supervisor/claims.js";
import type { WorkerMessage } from "../../src/supervisor/messages.js";

describe("Claims", () => {
  it("asks, and hands each answer to whom it is for", async () => {
    const sent: WorkerMessage[] = [];
    const claims = new Claims((message) => sent.push(message));
    const answers = [claims.claim("echo", "192.0.2.1", false), claims.claim("echo", "192.0.2.2", true)];
    assert.deepEqual(
      sent.map((message) => ("id" in message ? message.id : 0)),
      [1, 2],
    );
    claims.answer(2, "granted");
    claims.answer(1, "address");
    assert.deepEqual(await Promise.all(answers), ["address", "granted"]);
  });

  it("says full once nobody is left to answer, to who waits and to who still comes", async () => {
    const sent: WorkerMessage[] = [];
    const claims = new Claims((message) => sent.push(message));
    const waiting = claims.claim("echo", "192.0.2.1", true);
    claims.close();
    assert.deepEqual([await waiting, await claims.claim("echo", "192.0.2.1", true)], ["full", "full"]);
    assert.equal(sent.length, 1);
  });
});
