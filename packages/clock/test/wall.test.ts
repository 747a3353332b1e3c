import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { BrokenError, type Conn, type dial, pipe } from "@belfry/net";
import { type Wall, wall } from "../src/wall.js";
import type { WallFace } from "../src/wall-face.js";

const CLOCKS = [{ name: "Tokyo", address: "127.0.0.1:8020" }];

/** Time moved by hand, and dials answered by hand. */
class World {
  now = 1_000_000;
  /** The far ends of the connections made, the oldest first. */
  readonly servers: Conn[] = [];
  /** Whether the next dials are refused. */
  isRefusing = false;
  dials = 0;
  #timers: { readonly at: number; readonly callback: () => void }[] = [];

  readonly dial: typeof dial = (address) => {
    this.dials += 1;
    if (this.isRefusing) {
      const cause = Object.assign(new Error("connection refused"), { code: "ECONNREFUSED" });
      return Promise.reject(new BrokenError({ op: "dial" }, cause));
    }
    assert.equal(address, "127.0.0.1:8020");
    const [near, far] = pipe();
    this.servers.push(far);
    return Promise.resolve(near);
  };

  readonly schedule = (callback: () => void, delay: number): (() => void) => {
    const timer = { at: this.now + delay, callback };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  };

  /** How long until each timer, in milliseconds. */
  get delays(): number[] {
    return this.#timers.map(({ at }) => at - this.now).sort((a, b) => a - b);
  }

  /** Moves time, calling back what is due. */
  async pass(duration: number): Promise<void> {
    const end = this.now + duration;
    for (;;) {
      await settled();
      const next = this.#timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.#timers = this.#timers.filter((other) => other !== next);
      this.now = next.at;
      next.callback();
    }
    this.now = end;
    await settled();
  }

  open(clocks = CLOCKS): Wall {
    return wall(clocks, { dial: this.dial, schedule: this.schedule, now: () => this.now });
  }
}

function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function only(watched: Wall): WallFace {
  return watched.faces[0] as WallFace;
}

describe("wall()", () => {
  it("starts out connecting and ticks with what the clock tells", async () => {
    const world = new World();
    const watched = world.open();
    assert.deepEqual(only(watched), { ...CLOCKS[0], state: "connecting", since: 1_000_000, time: null, error: null });
    await settled();
    world.now += 5;
    await world.servers[0]?.write("17:00:00\n17:00:01\r\n");
    await settled();
    assert.deepEqual(only(watched), {
      ...CLOCKS[0],
      state: "ticking",
      since: 1_000_005,
      time: "17:00:01",
      error: null,
    });
    await watched.close();
  });

  it("shows a clock that died as lost, with its last time, and brings it back by itself", async () => {
    const world = new World();
    const watched = world.open();
    await settled();
    await world.servers[0]?.write("17:00:00\n");
    await world.servers[0]?.close();
    await settled();
    assert.equal(only(watched).state, "lost");
    assert.equal(only(watched).time, "17:00:00");
    assert.equal(only(watched).error, "the clock hung up");
    await world.pass(250);
    assert.equal(only(watched).state, "lost");
    await world.servers[1]?.write("17:00:01\n");
    await settled();
    assert.deepEqual([only(watched).state, only(watched).time, only(watched).error], ["ticking", "17:00:01", null]);
    await watched.close();
  });

  it("says why a clock is lost, and since when, over all tries", async () => {
    const world = new World();
    world.isRefusing = true;
    const watched = world.open();
    await settled();
    const since = world.now;
    await world.pass(10_000);
    assert.deepEqual([only(watched).state, only(watched).error], ["lost", "connection refused"]);
    assert.equal(only(watched).since, since);
    await watched.close();
  });

  it("doubles the delay between tries up to a bound, and starts anew after a time was told", async () => {
    const world = new World();
    world.isRefusing = true;
    const watched = world.open();
    const seen: number[] = [];
    for (let at = 0; at < 7; at++) {
      await settled();
      const [delay = 0] = world.delays;
      seen.push(delay);
      await world.pass(delay);
    }
    assert.deepEqual(seen, [250, 500, 1000, 2000, 4000, 5000, 5000]);
    world.isRefusing = false;
    await world.pass(5000);
    await world.servers[0]?.write("17:00:00\n");
    await settled();
    await world.servers[0]?.close();
    await settled();
    assert.deepEqual(world.delays, [250]);
    await watched.close();
  });

  it("shows a silent clock as stalled, gives it up in the end, and dials again", async () => {
    const world = new World();
    const watched = world.open();
    await settled();
    await world.servers[0]?.write("17:00:00\n");
    await world.pass(2999);
    assert.equal(only(watched).state, "ticking");
    await world.pass(1);
    assert.deepEqual([only(watched).state, only(watched).error], ["stalled", "silent for 3 s"]);
    await world.servers[0]?.write("17:00:03\n");
    await world.pass(3000);
    assert.equal(only(watched).state, "stalled");
    await world.pass(7000);
    assert.deepEqual([only(watched).state, only(watched).error], ["lost", "silent for 10 s"]);
    await world.pass(250);
    assert.equal(world.dials, 2);
    await watched.close();
  });

  it("lets nothing through that a terminal would obey", async () => {
    const world = new World();
    const watched = world.open();
    await settled();
    await world.servers[0]?.write("\u001B[2J17:00:00\u0007\n");
    await settled();
    assert.equal(only(watched).time, "[2J17:00:00");
    await watched.close();
  });

  it("loses a clock that sends a line without end", async () => {
    const world = new World();
    const watched = world.open();
    await settled();
    await world.servers[0]?.write("x".repeat(1000));
    await settled();
    assert.equal(only(watched).state, "lost");
    assert.match(String(only(watched).error), /longer than 256 bytes/);
    await watched.close();
  });

  it("gives a loop every change, and a slow one the latest of each clock", async () => {
    const world = new World();
    const watched = world.open();
    const loop = watched[Symbol.asyncIterator]();
    const first = loop.next();
    await settled();
    await world.servers[0]?.write("17:00:00\n");
    assert.equal((await first).value?.time, "17:00:00");
    await world.servers[0]?.write("17:00:01\n17:00:02\n");
    await settled();
    assert.equal((await loop.next()).value?.time, "17:00:02");
    const last = loop.next();
    await watched.close();
    assert.equal((await last).done, true);
    assert.equal((await loop.next()).done, true);
  });

  it("goes on when a loop is left", async () => {
    const world = new World();
    const watched = world.open();
    await settled();
    for (const time of ["17:00:00", "17:00:01"]) {
      const loop = (async () => {
        for await (const face of watched) return face.time;
        return null;
      })();
      await world.servers[0]?.write(`${time}\n`);
      assert.equal(await loop, time);
    }
    await watched.close();
  });

  it("hangs up and stops dialling when closed", async () => {
    const world = new World();
    const watched = world.open();
    await settled();
    await watched.close();
    await watched.close();
    assert.deepEqual(world.delays, []);
    await assert.rejects(async () => world.servers[0]?.read(), BrokenError);
  });

  it("refuses two clocks of one name", () => {
    assert.throws(() => wall([...CLOCKS, ...CLOCKS]), { name: "TypeError", message: /"Tokyo"/ });
  });
});
