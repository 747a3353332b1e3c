import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Ticker } from "../src/ticker.js";
import { FakeTime } from "./fake-time.js";

const START = Date.UTC(2026, 5, 1, 12, 0, 0);
const FIRST = START / 1000;

/** A ticker with one listener, what that was told as offsets from the first second, and its time. */
function following(wall = START): { time: FakeTime; ticker: Ticker; told: (number | [number, number])[] } {
  const time = new FakeTime(wall);
  const ticker = new Ticker(time);
  const told: (number | [number, number])[] = [];
  ticker.follow((first, last) => told.push(first === last ? last - FIRST : [first - FIRST, last - FIRST]));
  return { time, ticker, told };
}

describe("Ticker", () => {
  it("tells every second once, as it begins", () => {
    const { time, told } = following(START + 400);
    time.advance(599);
    assert.deepEqual(told, []);
    time.advance(1);
    assert.deepEqual(told, [1]);
    time.advance(3000);
    assert.deepEqual(told, [1, 2, 3, 4]);
  });

  it("gives the present second to who begins to follow", () => {
    const ticker = new Ticker(new FakeTime(START + 999));
    const listener = (): void => {};
    assert.equal(ticker.follow(listener), FIRST);
    ticker.unfollow(listener);
  });

  it("sets its timer again when that fires early", () => {
    const { time, told } = following();
    time.fireEarly(1);
    assert.deepEqual(told, []);
    time.advance(1);
    assert.deepEqual(told, [1]);
    time.advance(1000);
    assert.deepEqual(told, [1, 2]);
  });

  it("tells the others before it answers who comes between a second and its late tick", () => {
    const { time, ticker, told } = following();
    const late: number[] = [];
    // No timer fires while this turn goes on, but the clock does.
    time.step(1005);
    assert.equal(
      ticker.follow((first) => late.push(first - FIRST)),
      FIRST + 1,
    );
    assert.deepEqual(told, [1]);
    time.advance(1000);
    assert.deepEqual(told, [1, 2]);
    assert.deepEqual(late, [2]);
  });

  it("tells the seconds missed in a stall together", () => {
    const { time, told } = following();
    time.advance(1000);
    time.stall(4300);
    assert.deepEqual(told, [1, [2, 5]]);
    time.advance(700);
    assert.deepEqual(told, [1, [2, 5], 6]);
  });

  it("goes on at the present second after a stall of more than an hour", () => {
    const { time, told } = following();
    time.stall(3_601_000);
    assert.deepEqual(told, [3601]);
    time.advance(1000);
    assert.deepEqual(told, [3601, 3602]);
  });

  it("goes on at the present second when the clock is set forward by hours", () => {
    const { time, told } = following();
    time.step(7_200_000);
    time.advance(1000);
    assert.deepEqual(told, [7201]);
  });

  it("tells the seconds in between when the clock is put forward a little", () => {
    const { time, told } = following();
    time.step(3000);
    time.advance(1000);
    assert.deepEqual(told, [[1, 4]]);
  });

  it("is silent until the clock has come past the last second when it is put back a little", () => {
    const { time, told } = following();
    time.advance(5000);
    time.step(-2500);
    time.advance(2499);
    assert.deepEqual(told, [1, 2, 3, 4, 5]);
    time.advance(1001);
    assert.deepEqual(told, [1, 2, 3, 4, 5, 6]);
  });

  it("doubles no second when the clock is put back across its beginning", () => {
    const { time, told } = following();
    time.advance(1100);
    time.step(-300);
    time.advance(1200);
    assert.deepEqual(told, [1, 2]);
  });

  it("goes on from the new time when the clock is set back by an hour", () => {
    const { time, told } = following();
    time.advance(2000);
    time.step(-3_600_000);
    time.advance(2000);
    assert.deepEqual(told, [1, 2, -3597, -3596]);
  });

  it("does not tell who begins to follow within a tick of that second again", () => {
    const time = new FakeTime(START);
    const ticker = new Ticker(time);
    const told: number[] = [];
    const late = (first: number): void => void told.push(first - FIRST);
    const early = (): void => {
      if (ticker.size === 1) ticker.follow(late);
    };
    ticker.follow(early);
    time.advance(2000);
    assert.deepEqual(told, [2]);
  });

  it("goes on after a listener that threw", () => {
    const { time, ticker, told } = following();
    const broken = (): void => {
      throw new Error("broken");
    };
    ticker.follow(broken);
    assert.throws(() => time.advance(1000), /broken/);
    ticker.unfollow(broken);
    time.advance(1000);
    assert.deepEqual(told, [1, 2]);
  });

  it("keeps one timer, and only while somebody follows", () => {
    const time = new FakeTime(START);
    const ticker = new Ticker(time);
    const listeners = [() => {}, () => {}, () => {}];
    for (const listener of listeners) ticker.follow(listener);
    assert.equal(time.timers, 1);
    for (const listener of listeners) ticker.unfollow(listener);
    assert.equal(time.timers, 0);
    assert.equal(ticker.size, 0);
  });

  it("tells no second of the time when nobody followed", () => {
    const { time, ticker, told } = following();
    const listener = (first: number): void => void told.push(first - FIRST);
    const other = new Ticker(time);
    other.follow(listener);
    other.unfollow(listener);
    time.advance(5000);
    told.length = 0;
    assert.equal(other.follow(listener), FIRST + 5);
    other.unfollow(listener);
    assert.deepEqual(told, []);
    assert.equal(ticker.size, 1);
  });

  it("follows the system's clock by default", async () => {
    const ticker = new Ticker();
    let present = 0;
    const second = await new Promise<number>((resolve) => {
      const listener = (first: number): void => {
        ticker.unfollow(listener);
        resolve(first);
      };
      present = ticker.follow(listener);
    });
    assert.equal(second, present + 1);
    assert.ok(Date.now() >= second * 1000);
  });
});
