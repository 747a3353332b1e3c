import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import type { ServerResponse } from "node:http";
import { describe, it } from "node:test";
import { Audience } from "../../src/http/audience.js";
import { EventStream } from "../../src/http/event-stream.js";

/** A response whose reader can be made slow. */
class SlowResponse extends EventEmitter {
  written = "";
  writableNeedDrain = false;
  writableEnded = false;
  destroyed = false;

  write(text: string): boolean {
    this.written += text;
    return true;
  }

  end(): void {
    this.writableEnded = true;
    this.emit("close");
  }

  destroy(): void {
    this.destroyed = true;
    this.emit("close");
  }

  get response(): ServerResponse {
    return this as unknown as ServerResponse;
  }
}

describe("EventStream", () => {
  it("writes events as server-sent events", () => {
    const slow = new SlowResponse();
    const stream = new EventStream(slow.response);
    assert.equal(stream.send("status", '{"a":1}'), true);
    stream.beat();
    assert.equal(slow.written, 'retry: 2000\n\nevent: status\ndata: {"a":1}\n\n:\n\n');
  });

  it("queues nothing for a client that is slow, and goes on when it is ready", () => {
    const slow = new SlowResponse();
    const stream = new EventStream(slow.response);
    slow.written = "";
    slow.writableNeedDrain = true;
    assert.equal(stream.send("status", "1"), false);
    stream.beat();
    assert.equal(slow.written, "");
    slow.writableNeedDrain = false;
    assert.equal(stream.send("status", "2"), true);
    assert.equal(slow.written, "event: status\ndata: 2\n\n");
  });

  it("hangs up on a client that stays slow for half a minute", () => {
    let now = 0;
    const slow = new SlowResponse();
    const stream = new EventStream(slow.response, () => now);
    slow.writableNeedDrain = true;
    stream.send("status", "1");
    now = 29_999;
    stream.send("status", "2");
    assert.equal(slow.destroyed, false);
    now = 30_000;
    stream.send("status", "3");
    assert.equal(slow.destroyed, true);
    assert.equal(stream.send("status", "4"), false);
  });
});

describe("Audience", () => {
  it("has room for so many, and again when one has left", () => {
    const audience = new Audience({ limit: 1 });
    const slow = new SlowResponse();
    let left = 0;
    audience.checkRoom();
    audience.add(new EventStream(slow.response), () => (left += 1));
    assert.throws(() => audience.checkRoom(), { status: 503 });
    slow.destroy();
    audience.checkRoom();
    assert.deepEqual([audience.size, left], [0, 1]);
  });

  it("tells everybody that it is alive, now and then", async () => {
    const audience = new Audience({ heartbeat: 5 });
    const slow = new SlowResponse();
    const beaten = new Promise<void>((resolve) => {
      slow.write = (text: string) => {
        if (text === ":\n\n") resolve();
        return true;
      };
    });
    audience.add(new EventStream(slow.response), () => {});
    // The timer alone does not keep the process alive.
    const alive = setInterval(() => {}, 1000);
    try {
      await beaten;
    } finally {
      clearInterval(alive);
      audience.close();
    }
  });
});
