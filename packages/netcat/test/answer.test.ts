import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { BrokenError, type Conn, dial, listen } from "@belfry/net";
import { answer } from "../src/answer.js";
import { netcat } from "../src/netcat.js";
import { Collector } from "./collector.js";
import { ManualSource } from "./manual-source.js";

describe("answer()", () => {
  it("takes one connection, and then nobody listens any more", async () => {
    const listener = await listen("127.0.0.1:0");
    const output = new Collector();
    const answered = answer(listener, { input: ["welcome"], output });
    const caller = await dial(listener.addr);
    const callerOutput = new Collector();
    const called = netcat(caller, { input: ["hello"], output: callerOutput, keepOpen: true });
    await answered;
    await called;
    assert.deepEqual([output.text, callerOutput.text], ["hello", "welcome"]);
    await assert.rejects(dial(listener.addr), /ECONNREFUSED/);
  });

  it("takes one connection after another when told to keep listening, each with what input is left", async () => {
    const listener = await listen("127.0.0.1:0");
    const input = new ManualSource();
    const output = new Collector();
    const opened: Conn[] = [];
    const closed: unknown[] = [];
    const answered = answer(listener, {
      input,
      output,
      halfClose: "after-data",
      keepListening: true,
      onOpen: (conn) => void opened.push(conn),
      onClose: (_conn, ended) => void closed.push(ended),
    });
    const first = await dial(listener.addr);
    await first.write("one ");
    await output.endsIn("one ");
    first.abort();
    const second = await dial(listener.addr);
    await second.write("two");
    await output.endsIn("two");
    input.put("for the second");
    assert.equal(String(await second.read()), "for the second");
    await second.close();
    input.end();
    const third = await dial(listener.addr);
    await third.write(", three");
    await output.endsIn("three");
    await third.close();
    await listener.close();
    await answered;
    assert.equal(opened.length, 3);
    assert.ok(closed[0] instanceof BrokenError);
    assert.equal(output.text, "one two, three");
  });

  it("rejects with the reason of an abort while it waits for a connection", async () => {
    const listener = await listen("127.0.0.1:0");
    const controller = new AbortController();
    const answered = answer(listener, { input: [], output: new Collector(), signal: controller.signal });
    controller.abort(new Error("enough"));
    await assert.rejects(answered, /enough/);
    await assert.rejects(dial(listener.addr), /ECONNREFUSED/);
  });
});
