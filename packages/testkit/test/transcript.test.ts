import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { describe, it } from "node:test";
import { type RawTarget } from "../src/raw-client.js";
import { transcript } from "../src/transcript.js";

/** Runs `body` against a server that treats each connection so. */
async function withServer(serve: (socket: Socket) => void, body: (target: RawTarget) => Promise<void>): Promise<void> {
  const server = createServer({ allowHalfOpen: true }, serve).listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    await body({ host: "127.0.0.1", port: (server.address() as AddressInfo).port });
  } finally {
    server.close();
  }
}

const echo = (socket: Socket) => void socket.pipe(socket);

describe("transcript()", () => {
  it("plays a dialogue to the end of both streams", () =>
    withServer(echo, (target) =>
      transcript(
        target,
        `
        C: hello
        S: hello
        C: \\ttab, \\x41 and grün
        S~ \\tta[b], A and .*
        C: EOF
        S: EOF
        `,
      ),
    ));

  it("holds both sides to CRLF when told", () =>
    withServer(echo, async (target) => {
      await transcript(target, "C: hello\nS: hello", { lineEnd: "\r\n" });
      const mixed = transcript(target, "C: hello\\r\nS: hello");
      await assert.rejects(mixed, { message: 'Step 2, S: hello: Error: got "hello\\r\\n"' });
    }));

  it("names the step that went otherwise", () =>
    withServer(echo, (target) =>
      assert.rejects(transcript(target, "C: hello\nS: goodbye"), {
        message: 'Step 2, S: goodbye: Error: got "hello"',
      }),
    ));

  it("rejects when the stream ends before an expected line", () =>
    withServer(
      (socket) => void socket.end("half"),
      (target) => assert.rejects(transcript(target, "S: half a line"), /the stream ended; received ""/),
    ));

  it("knows a reset", () =>
    withServer(
      (socket) => void socket.once("data", () => socket.resetAndDestroy()),
      (target) => transcript(target, "C: hello\nS: RESET"),
    ));

  it("refuses a step it does not know", () =>
    withServer(echo, (target) => assert.rejects(transcript(target, "X: hello"), TypeError)));
});
