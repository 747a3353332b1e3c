import assert from "node:assert/strict";
import { createServer } from "node:net";
import { describe, it } from "node:test";
import { buildSteady, startSteady } from "../src/host/steady.mjs";

/** @import { AddressInfo, Server, Socket } from "node:net" */
/** @import { ControlGroup } from "../src/control-group.mjs" */

const CASE = { name: "test", title: "test", conns: 4, size: 8, think: 5, life: 3 };
const CALM = ["Requests", "Failed", "Resets", "Refused", "Late", "Dials", "Ended"];

/**
 * Runs the clients against an echo that, from when they are warm, behaves as `serve` says, until it calls `done`. Before
 * that nothing is counted, and how much they do then depends on the machine.
 *
 * @param {(socket: Socket, number: number, done: () => void) => void} serve given each connection and its number, from 1
 * @param {number} [think] milliseconds from one request of a connection to its next
 * @returns {Promise<(name: string) => number>} what they have counted over all phases
 */
async function run(serve, think = CASE.think) {
  let isDone = () => {};
  /** @type {Promise<void>} */
  const done = new Promise((resolve) => (isDone = resolve));
  let number = 0;
  let isWarm = false;
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on("error", () => {});
    socket.on("end", () => void socket.end());
    if (isWarm) serve(socket, (number += 1), isDone);
    else echo(socket);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const { port } = /** @type {AddressInfo} */ (server.address());
  const group = /** @type {ControlGroup} */ ({ path: "/nonexistent" });
  const host = { port, group, debugPort: undefined, pid: 0, said: () => "", stop: () => Promise.resolve() };
  const clients = await startSteady({ ...CASE, think }, host, undefined);
  isWarm = true;
  await done;
  const report = await clients.end();
  await end(server);
  return (name) => ["calm", "busy", "between"].reduce((sum, phase) => sum + (report[`${phase}${name}`] ?? 0), 0);
}

/** @param {Server} server */
function end(server) {
  return new Promise((resolve) => server.close(resolve));
}

/** @param {Socket} socket */
function echo(socket) {
  socket.on("data", (data) => void socket.write(data));
}

describe("steady clients", { skip: !canBuild() && "there is no compiler" }, () => {
  it("ask, end their connections in order and dial anew, and count nothing else", async () => {
    const count = await run((socket, number, done) => {
      echo(socket);
      if (number === 50) done();
    });
    assert.ok(count("Requests") > 100 && count("Dials") >= 50);
    for (const name of CALM.filter((each) => each !== "Requests" && each !== "Dials"))
      assert.equal(count(name), 0, name);
  });

  it("count a request whose answer does not come complete, and no reset where there was none", async () => {
    const count = await run((socket, number, done) => {
      socket.on("data", (data) => void socket.end(data.subarray(0, 3)));
      if (number === 50) done();
    });
    assert.ok(count("Failed") >= 40, String(count("Failed")));
    assert.deepEqual([count("Resets"), count("Ended")], [0, 0]);
  });

  it("count a reset in the middle of a request as both", async () => {
    const count = await run((socket, number, done) => {
      socket.on("data", () => void socket.resetAndDestroy());
      if (number === 50) done();
    });
    assert.ok(count("Resets") >= 40);
    assert.equal(count("Failed"), count("Resets"));
  });

  it("take it that the server ends a connection between two requests", async () => {
    const count = await run((socket, number, done) => {
      echo(socket);
      socket.once("data", () => void socket.end());
      if (number === 50) done();
      // Long enough for the end to be seen before the next request is due.
    }, 100);
    assert.ok(count("Ended") > 0);
    assert.deepEqual([count("Failed"), count("Resets")], [0, 0]);
  });
});

function canBuild() {
  try {
    return buildSteady() !== "";
  } catch {
    return false;
  }
}
