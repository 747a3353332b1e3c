import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { inflateSync } from "node:zlib";
import { encodeText } from "../../src/protocol/text.js";
import type { FileInfo } from "../../src/storage/storage.js";
import { OpenedList } from "../../src/commands/opened-list.js";
import { planList } from "../../src/commands/send-list.js";
import { FakeSession } from "./fake-session.js";

const info = (name: string): FileInfo => ({ name, type: "file", size: 0, modified: 0 });

/** Batches of `size` entries; everything is at hand, as in memory. */
async function* batches(count: number, size: number, onBatch = () => {}): AsyncGenerator<readonly FileInfo[]> {
  for (let at = 0; at < count; at += size) {
    onBatch();
    yield Array.from({ length: Math.min(size, count - at) }, (_, i) => info(`file-${at + i}`));
  }
}

async function send(session: FakeSession, entries: AsyncIterable<readonly FileInfo[]>): Promise<string> {
  const list = await OpenedList.open(entries);
  const { code } = await session.run(planList(session, { verb: "NLST", path: "/", list, format: ({ name }) => name }));
  assert.equal(code, 226);
  return session.received;
}

describe("planList", () => {
  it("sends a line for each entry, however batches are cut", async () => {
    const session = new FakeSession();
    const expected = Array.from({ length: 5000 }, (_, i) => `file-${i}\r\n`).join("");
    for (const size of [1, 7, 512, 5000]) assert.equal(await send(session, batches(5000, size)), expected);
  });

  it("sends every name as its bytes, chunk after chunk", async () => {
    const session = new FakeSession();
    const names = Array.from(
      { length: 30_000 },
      (_, i) => `${i} ${["plain", "ünïcödé €", "\udcff\udc80", "𝄞"][i % 4]}`,
    );
    for (const some of [names, names.filter((_, i) => i % 4 !== 2), names.filter((_, i) => i % 4 === 0)]) {
      const entries = (async function* () {
        yield some.map(info);
      })();
      const expected = Buffer.from(encodeText(some.map((name) => `${name}\r\n`).join("")));
      assert.equal(await send(session, entries), expected.toString("latin1"));
    }
  });

  it("sends one stream of zlib in MODE Z, in TYPE A too", async () => {
    const session = new FakeSession();
    session.state.form = { type: "A", mode: "Z" };
    const sent = await send(session, batches(3, 1));
    assert.equal(String(inflateSync(Buffer.from(sent, "latin1"))), "file-0\r\nfile-1\r\nfile-2\r\n");
  });

  it("asks for what is sent and little more", async () => {
    const session = new FakeSession();
    let asked = 0;
    const list = await OpenedList.open(batches(1_000_000, 100, () => (asked += 1)));
    const plan = planList(session, { verb: "NLST", path: "/", list, format: ({ name }) => name });
    const { pipe } = await import("@belfry/net");
    const [ours, theirs] = pipe();
    const ending = new AbortController();
    const moving = plan.move(ours, { signal: ending.signal, bytes: 0 });
    await theirs.read();
    ending.abort(new Error("enough"));
    await assert.rejects(moving, /enough/);
    await plan.abandon();
    assert.ok(asked < 500, `asked for ${asked} batches`);
    ours.abort();
    await theirs.close();
  });

  it("lets others have their turn", async () => {
    const session = new FakeSession();
    let turns = 0;
    let timer = setImmediate(function count() {
      turns += 1;
      timer = setImmediate(count);
    });
    try {
      // A line that costs 1 ms: a hundred of them fill the time a listing has in one go, again and again.
      const format = ({ name }: FileInfo): string => {
        for (const until = performance.now() + 1; performance.now() < until;);
        return name.padEnd(4000);
      };
      const list = await OpenedList.open(batches(200, 200));
      await session.run(planList(session, { verb: "NLST", path: "/", list, format }));
    } finally {
      clearImmediate(timer);
    }
    assert.ok(turns > 5, `${turns} turns`);
  });
});

describe("OpenedList", () => {
  it("fails when the listing does, before anything is iterated", async () => {
    const broken = {
      [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error("not there")) }),
    };
    await assert.rejects(OpenedList.open(broken), /not there/);
  });

  it("knows whether there is anything in it", async () => {
    assert.equal((await OpenedList.open(batches(0, 1))).isEmpty, true);
    assert.equal((await OpenedList.open(batches(1, 1))).isEmpty, false);
  });

  it("releases the listing when it is closed, read or not", async () => {
    let released = 0;
    const held = async function* (): AsyncGenerator<readonly FileInfo[]> {
      try {
        yield [info("a")];
        yield [info("b")];
      } finally {
        released += 1;
      }
    };
    const unread = await OpenedList.open(held());
    await unread.close();
    await unread.close();
    assert.equal(released, 1);
    for await (const batch of await OpenedList.open(held())) {
      assert.equal(batch[0]?.name, "a");
      break;
    }
    assert.equal(released, 2);
  });

  it("closes also when the listing cannot be released", async () => {
    const stuck = {
      [Symbol.asyncIterator]: () => ({
        next: () => Promise.resolve({ done: false as const, value: [info("a")] }),
        return: () => Promise.reject(new Error("stuck")),
      }),
    };
    await (await OpenedList.open(stuck)).close();
  });
});
