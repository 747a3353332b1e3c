import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { describe, it } from "node:test";
import { type BelfryProcess, startBelfry } from "../belfry-process.js";

async function withReverb(
  args: readonly string[],
  body: (port: number, reverb: BelfryProcess) => Promise<void>,
): Promise<void> {
  const reverb = startBelfry(["reverb", "--listen", "127.0.0.1:0", ...args]);
  try {
    await body(await reverb.port(), reverb);
  } finally {
    await reverb[Symbol.asyncDispose]();
  }
}

/** Sends `input`, ends the half and gives what comes back, with how long it took. */
async function shout(port: number, input: string): Promise<{ reply: string; duration: number }> {
  const began = Date.now();
  const socket = connect(port, "127.0.0.1");
  socket.end(input);
  return { reply: await text(socket), duration: Date.now() - began };
}

describe("belfry reverb", () => {
  it("sounds three times, a second apart, and ends", async () => {
    await withReverb([], async (port) => {
      const { reply, duration } = await shout(port, "Hello?\n");
      assert.equal(reply, "\t HELLO?\n\t Hello?\n\t hello?\n");
      assert.ok(duration >= 1990 && duration < 4000, `it took ${duration} ms`);
    });
  });

  it("lets the echoes of several lines overlap", async () => {
    await withReverb(["--delay", "400ms"], async (port) => {
      const { reply, duration } = await shout(port, "One\nTwo\nThree\n");
      assert.equal(reply, "\t ONE\n\t TWO\n\t THREE\n\t One\n\t Two\n\t Three\n\t one\n\t two\n\t three\n");
      assert.ok(duration < 2400, `it took ${duration} ms`);
    });
  });

  it("sounds one line after the other with --sequential", async () => {
    await withReverb(["--delay", "50ms", "--sequential"], async (port) => {
      const { reply } = await shout(port, "One\nTwo\n");
      assert.equal(reply, "\t ONE\n\t One\n\t one\n\t TWO\n\t Two\n\t two\n");
    });
  });

  it("disconnects a client that is silent for the idle timeout", async () => {
    await withReverb(["--idle-timeout", "1s"], async (port) => {
      const began = Date.now();
      const socket = connect({ port, host: "127.0.0.1" });
      assert.equal(await text(socket), "");
      const duration = Date.now() - began;
      assert.ok(duration >= 990 && duration < 3000, `it took ${duration} ms`);
    });
  });

  it("finishes the echoes under way at SIGTERM, turns away new clients and ends with 0", async () => {
    await withReverb(["--delay", "300ms"], async (port, reverb) => {
      const socket = connect(port, "127.0.0.1");
      socket.write("Hello?\n");
      const reply = text(socket);
      await once(socket, "data");
      reverb.child.kill("SIGTERM");
      await reverb.says(/^shutting down$/m);
      const [refused] = (await once(connect(port, "127.0.0.1"), "error")) as [NodeJS.ErrnoException];
      assert.equal(refused.code, "ECONNREFUSED");
      assert.equal(await reply, "\t HELLO?\n\t Hello?\n\t hello?\n");
      const { status, stderr } = await reverb.ended;
      assert.match(stderr, /\nshutting down\nreverb#1 closed \(.+\nconnections drained: 1, cut: 0\nall done\n$/);
      assert.equal(status, 0);
    });
  });

  it("ends at once at the second signal, with 1 for the echo that was cut", async () => {
    await withReverb(["--delay", "1m"], async (port, reverb) => {
      const socket = connect(port, "127.0.0.1");
      socket.write("Hello?\n");
      await once(socket, "data");
      socket.on("error", () => {});
      reverb.child.kill("SIGTERM");
      await reverb.says(/^shutting down$/m);
      const began = Date.now();
      reverb.child.kill("SIGTERM");
      const { status, stderr } = await reverb.ended;
      assert.ok(Date.now() - began < 1000);
      assert.match(stderr, /\nconnections drained: 0, cut: 1\nall done\n$/);
      assert.equal(status, 1);
    });
  });

  it("cuts what is not done by the shutdown timeout", async () => {
    await withReverb(["--delay", "1m", "--shutdown-timeout", "200ms"], async (port, reverb) => {
      const socket = connect(port, "127.0.0.1");
      socket.write("Hello?\n");
      await once(socket, "data");
      const reset = once(socket, "error");
      reverb.child.kill("SIGINT");
      assert.equal(((await reset) as [NodeJS.ErrnoException])[0].code, "ECONNRESET");
      assert.equal((await reverb.ended).status, 1);
    });
  });

  it("waits as long as it takes with --shutdown-timeout 0", async () => {
    await withReverb(["--delay", "200ms", "--shutdown-timeout", "0"], async (port, reverb) => {
      const socket = connect(port, "127.0.0.1");
      socket.write("Hello?\n");
      const reply = text(socket);
      await once(socket, "data");
      reverb.child.kill("SIGTERM");
      assert.equal(await reply, "\t HELLO?\n\t Hello?\n\t hello?\n");
      assert.equal((await reverb.ended).status, 0);
    });
  });

  it("tells of a line that is too long, and goes on for the others", async () => {
    await withReverb(["--delay", "0"], async (port, reverb) => {
      const socket = connect(port, "127.0.0.1");
      socket.on("error", () => {});
      socket.end("x".repeat(70_000));
      await reverb.says(/^reverb#1 failed \(127\.0\.0\.1:\d+\): Cannot read line: longer than 65536 bytes$/m);
      assert.equal((await shout(port, "Still there?\n")).reply, "\t STILL THERE?\n\t Still there?\n\t still there?\n");
    });
  });
});
