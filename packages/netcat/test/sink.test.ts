import assert from "node:assert/strict";
import { once } from "node:events";
import { Writable } from "node:stream";
import { describe, it } from "node:test";
import { toSink } from "../src/sink.js";
import { Collector } from "./collector.js";

describe("toSink()", () => {
  it("gives a Sink back as it is", () => {
    const sink = new Collector();
    assert.equal(toSink(sink), sink);
  });

  it("has one Sink for one stream, so that listeners do not pile up", () => {
    const stream = new Writable({ write: (_chunk, _encoding, done) => done() });
    assert.equal(toSink(stream), toSink(stream));
    assert.equal(stream.listenerCount("error"), 1);
  });

  it("resolves when the stream has taken the bytes", async () => {
    let finish = (): void => {};
    const stream = new Writable({ highWaterMark: 1, write: (_chunk, _encoding, done) => void (finish = done) });
    let isTaken = false;
    const written = Promise.resolve(toSink(stream).write(Buffer.from("x"))).then(() => (isTaken = true));
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(isTaken, false);
    finish();
    await written;
  });

  it("throws once the stream has failed", async () => {
    const stream = new Writable({ write: (_chunk, _encoding, done) => done(new Error("gone")) });
    const sink = toSink(stream);
    await assert.rejects(Promise.resolve(sink.write(Buffer.from("x"))), /gone/);
    if (!stream.closed) await once(stream, "close");
    assert.throws(() => void sink.write(Buffer.from("x")), /gone/);
  });
});
