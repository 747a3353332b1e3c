import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  createTopState,
  HISTORY,
  orderConnections,
  type TopState,
  withKey,
  withLook,
} from "../../src/top/top-state.js";
import { lookWith } from "./drawing.js";

const CONNECTIONS = [
  { id: "a", service: "echo", bytesRead: 10, bytesWritten: 900, bytesQueued: 0, since: 3 },
  { id: "b", service: "clock", bytesRead: 500, bytesWritten: 0, bytesQueued: 7, since: 1 },
  { id: "c", service: "echo", bytesRead: 100, bytesWritten: 100, bytesQueued: 9, since: 2 },
];

function start(): TopState {
  const services = [{ name: "echo" }, { name: "clock" }];
  const none = CONNECTIONS.map((each) => ({ ...each, bytesRead: 0, bytesWritten: 0 }));
  const state = createTopState(lookWith({ at: 9, services, connections: none }), "keys");
  return withLook(state, lookWith({ at: 10, services, connections: CONNECTIONS }));
}

function order(state: TopState): string {
  return orderConnections(state)
    .map(({ connection }) => connection.id)
    .join("");
}

describe("the state of top", () => {
  it("orders connections as the keys say", () => {
    const orders = ["r", "i", "o", "w", "a", "O"].map((key) => order(withKey(start(), key)));
    assert.deepEqual(orders, ["abc", "bca", "acb", "cba", "bca", "acb"]);
  });

  it("goes through the orders, and through the services both ways", () => {
    assert.equal(withKey(start(), "s").order, "in");
    let state = withKey(start(), "tab");
    assert.deepEqual([state.service, order(state)], ["echo", "ac"]);
    state = withKey(state, "down");
    assert.deepEqual([state.service, order(state)], ["clock", "b"]);
    assert.equal(withKey(state, "right").service, null);
    assert.equal(withKey(withKey(state, "up"), "left").service, null);
    assert.equal(withKey(start(), "shift-tab").service, "clock");
    assert.equal(withKey(state, "escape").service, null);
  });

  it("keeps what it shows while it is paused", () => {
    const paused = withKey(start(), "p");
    assert.equal(withLook(paused, lookWith({ at: 99 })).shown, paused.shown);
    assert.equal(withLook(withKey(paused, " "), lookWith({ at: 99 })).shown.look.at, lookWith({ at: 99 }).at);
  });

  it("forgets a service that a reload has taken away", () => {
    const state = withKey(start(), "shift-tab");
    assert.equal(withLook(state, lookWith({ at: 11 })).service, null);
  });

  it("keeps a bounded history, and none of another host", () => {
    let state = start();
    for (let at = 11; at < 11 + HISTORY * 2; at += 1) state = withLook(state, lookWith({ at }));
    assert.equal(state.history.length, HISTORY);
    assert.equal(withLook(state, lookWith({ at: 999, pid: 1 })).history.length, 0);
  });
});
