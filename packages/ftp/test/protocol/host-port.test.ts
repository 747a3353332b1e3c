import assert from "node:assert/strict";
import { isIPv4, isIPv6, SocketAddress } from "node:net";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import { formatExtendedPassive, formatPort, parseExtendedPort, parsePort } from "../../src/protocol/host-port.js";
import { ReplyError } from "../../src/protocol/reply.js";

const ipv4 = fc.ipV4();
const port = fc.integer({ min: 1, max: 65_535 });

describe("parsePort()", () => {
  it("reads what formatPort() writes", () => {
    fc.assert(
      fc.property(ipv4, port, (host, port) => {
        assert.deepEqual(parsePort(formatPort({ host, port })), { host, port });
      }),
    );
  });

  it("reads the example of RFC 959", () => {
    assert.deepEqual(parsePort("132,235,1,2,24,131"), { host: "132.235.1.2", port: 6275 });
  });

  it("refuses anything else with 501", () => {
    for (const text of [
      "",
      "1,2,3,4,5",
      "1,2,3,4,5,6,7",
      "256,2,3,4,5,6",
      "1,2,3,4,5,256",
      "1,2,3,4,0,0",
      "1,2,3,4,5,-6",
      "1, 2,3,4,5,6",
      "1.2.3.4,5,6",
      "1,2,3,4,5,6\n",
      "1,2,3,4,5,0006",
    ]) {
      assertReply(() => parsePort(text), 501);
    }
  });
});

describe("parseExtendedPort()", () => {
  it("takes any printable character that is not in the fields as delimiter", () => {
    for (let code = 0x21; code < 0x7f; code += 1) {
      const d = String.fromCharCode(code);
      if (/[\d.:]/.test(d)) continue;
      assert.deepEqual(parseExtendedPort(`${d}1${d}132.235.1.2${d}6275${d}`), { host: "132.235.1.2", port: 6275 });
    }
  });

  it("reads IPv6 addresses and gives them in one form", () => {
    assert.deepEqual(parseExtendedPort("|2|1080:0:0:0:8:800:200C:417A|5282|"), {
      host: "1080::8:800:200c:417a",
      port: 5282,
    });
    assert.deepEqual(parseExtendedPort("|2|fe80::1%eth0|5282|"), { host: "fe80::1", port: 5282 });
    assert.deepEqual(parseExtendedPort("|2|::ffff:10.0.0.1|5282|"), { host: "::ffff:a00:1", port: 5282 });
  });

  it("takes and refuses the same addresses as Node", () => {
    const piece = fc.constantFrom("0", "1", "ffff", "00001", "01", "256", "g", ":", "::", ":", "1.2.3.4", ".", "]", "");
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 16 }), (pieces) => {
        const text = pieces.join("");
        for (const [protocol, isAddress] of [
          ["1", isIPv4(text)],
          ["2", isIPv6(text)],
        ] as const) {
          const parse = (): unknown => parseExtendedPort(`|${protocol}|${text}|5|`);
          if (isAddress) parse();
          else assertReply(parse, 501);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it("gives equal addresses as equal strings", () => {
    const words = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff })), {
      minLength: 8,
      maxLength: 8,
    });
    fc.assert(
      fc.property(words, (words) => {
        const long = words.map((word) => word.toString(16).toUpperCase().padStart(4, "0")).join(":");
        const short = new SocketAddress({ address: long, family: "ipv6" }).address;
        assert.equal(parseExtendedPort(`|2|${long}|5|`).host, parseExtendedPort(`|2|${short}|5|`).host);
      }),
    );
  });

  it("refuses a protocol it does not know with 522 and those it does", () => {
    for (const text of ["|3|1.2.3.4|5|", "|0|1.2.3.4|5|", "|12345|x|5|"])
      assertReply(() => parseExtendedPort(text), 522);
    assert.throws(() => parseExtendedPort("|3||1|"), /522 .*\(1,2\)/);
  });

  it("refuses anything else with 501", () => {
    for (const text of [
      "",
      "|",
      "|1|1.2.3.4|5",
      "1|1.2.3.4|5|",
      "|1|1.2.3.4|5||",
      "|1|1.2.3.4|5| ",
      "|1|1.2.3.4|0|",
      "|1|1.2.3.4|65536|",
      "|1|1.2.3.4|5x|",
      "|1|::1|5|",
      "|2|1.2.3.4|5|",
      "|1|1.2.3.256|5|",
      "|one|1.2.3.4|5|",
      "||1.2.3.4|5|",
      " 1 1.2.3.4 5 ",
      "é1é1.2.3.4é5é",
    ]) {
      assertReply(() => parseExtendedPort(text), 501);
    }
  });

  it("gives an address and a port, or throws a ReplyError, for any text", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom("|", "1", "2", ".", ":", "5") })), (text) => {
        for (const parse of [parsePort, parseExtendedPort]) {
          try {
            assert.ok(parse(text).port > 0);
          } catch (error) {
            assert.ok(error instanceof ReplyError);
          }
        }
      }),
    );
  });
});

describe("formatPort()", () => {
  it("writes an IPv4 address within IPv6 as what it is, and refuses others with 522", () => {
    assert.equal(formatPort({ host: "::ffff:10.0.0.1", port: 258 }), "10,0,0,1,1,2");
    assertReply(() => formatPort({ host: "::1", port: 258 }), 522);
  });
});

describe("formatExtendedPassive()", () => {
  it("writes the port between three bars and one", () => {
    assert.equal(formatExtendedPassive(6446), "(|||6446|)");
  });
});

function assertReply(run: () => unknown, code: number): void {
  assert.throws(run, (error) => error instanceof ReplyError && error.reply.code === code);
}
