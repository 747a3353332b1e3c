import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Conn } from "@belfry/net";
import { until } from "@belfry/testkit";
import { SmallIntake } from "../../src/data/small-intake.js";
import { Writes } from "../../src/data/writes.js";
import { noise, QuickWriter, withPair } from "./pump-kit.js";

/** An intake with its writer and the number of bytes it tells of. */
function intakeFrom(conn: Conn): { intake: SmallIntake; writer: QuickWriter; told: () => number } {
  const writer = new QuickWriter();
  const writes = new Writes(writer, () => {});
  let bytes = 0;
  const intake = new SmallIntake(conn, writes, ({ byteLength }) => (bytes += byteLength));
  return { intake, writer, told: () => bytes };
}

describe("SmallIntake", () => {
  it("writes each small piece when it comes, until the end of the stream", () =>
    withPair(async (client, server) => {
      const { intake, writer, told } = intakeFrom(server);
      const running = intake.run();
      for (const [index, piece] of ["one", "two", "three"].entries()) {
        await client.write(piece);
        await until(() => writer.atOnce.length > index);
      }
      await client.closeWrite();
      assert.equal(await running, true);
      assert.deepEqual([writer.atOnce, writer.later], [[3, 3, 5], []]);
      assert.equal(String(writer.content), "onetwothree");
      assert.equal(told(), 11);
    }));

  it("gives several connections one memory without mixing them up", () =>
    withPair((...one) =>
      withPair(async (...other) => {
        const pairs = [one, other].map(([client, server]) => ({ client, ...intakeFrom(server) }));
        const running = pairs.map(({ intake }) => intake.run());
        for (let round = 0; round < 50; round += 1) {
          await Promise.all(pairs.map(({ client }, at) => client.write(`${at}${round % 10}`.repeat(1 + round))));
        }
        await Promise.all(pairs.map(({ client }) => client.closeWrite()));
        assert.deepEqual(await Promise.all(running), [true, true]);
        for (const [at, { writer }] of pairs.entries()) {
          const expected = Array.from({ length: 50 }, (_, round) => `${at}${round % 10}`.repeat(1 + round));
          assert.equal(String(writer.content), expected.join(""));
        }
      }),
    ));

  it("leaves what follows a large piece to others, and loses nothing of it", () =>
    withPair(async (client, server) => {
      const { intake, writer } = intakeFrom(server);
      const file = noise(300_000);
      const sending = client.write(file).then(() => client.closeWrite());
      assert.equal(await intake.run(), false);
      assert.ok(intake.isBulk);
      const pieces: Uint8Array[] = [writer.content];
      for await (const chunk of server) pieces.push(chunk);
      await sending;
      assert.equal(Buffer.compare(Buffer.concat(pieces), file), 0);
    }));

  it("keeps what has come when the storage is slow all at once, and leaves the rest to others", () =>
    withPair(async (client, server) => {
      const { intake, writer } = intakeFrom(server);
      const running = intake.run();
      writer.onTry = () => (writer.isPrompt = false);
      await client.write("first");
      assert.equal(await running, false);
      await client.write("second");
      assert.equal(String(await server.read()), "second");
      assert.deepEqual([writer.atOnce, writer.later], [[], [5]]);
      await until(() => String(writer.content) === "first");
    }));

  it("takes nothing from a connection under TLS", () =>
    withPair(async (client, server) => {
      const { intake } = intakeFrom(server);
      assert.equal(await intake.run(), false);
      await client.write("text");
      assert.equal(String(await server.read()), "text");
    }, true));
});
