import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { FakeSession } from "./fake-session.js";

describe("DATA_CONNECTION_VERBS", () => {
  it("tell where they listen", async () => {
    const session = new FakeSession();
    assert.equal((await session.command("PASV")).text, "Entering Passive Mode (192,0,2,7,18,52)");
    assert.equal((await session.command("EPSV")).text, "Entering Extended Passive Mode (|||4660|)");
    await session.codes("EPSV 1", "EPSV 2");
    assert.deepEqual(session.data.asked, ["listen ipv4", "listen null", "listen ipv4", "listen ipv6"]);
  });

  it("refuse a protocol that EPSV does not know with 522", async () => {
    assert.deepEqual(await new FakeSession().codes("EPSV 9", "EPSV 3", "EPSV x"), [522, 522, 501]);
  });

  it("remember where to connect to", async () => {
    const session = new FakeSession();
    assert.deepEqual(
      await session.codes("PORT 127,0,0,1,18,52", "EPRT |2|::1|4660|", "EPRT !1!127.0.0.1!4660!"),
      [200, 200, 200],
    );
    assert.deepEqual(session.data.asked, ["dial 127.0.0.1 4660", "dial ::1 4660", "dial 127.0.0.1 4660"]);
    assert.deepEqual(await session.codes("PORT 1,2,3", "EPRT |9|x|1|"), [501, 522]);
  });

  it("refuse all but EPSV after EPSV ALL", async () => {
    const session = new FakeSession();
    const codes = await session.codes("EPSV ALL", "PASV", "PORT 127,0,0,1,18,52", "EPRT |1|127.0.0.1|4660|", "EPSV");
    assert.deepEqual(codes, [200, 501, 501, 501, 229]);
    assert.deepEqual(session.data.asked, ["listen null"]);
  });
});
