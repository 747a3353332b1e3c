import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { Addr } from "../../src/addr.js";
import { crc32c } from "../../src/proxy/crc32c.js";
import { formatProxyHeader } from "../../src/proxy/format-proxy-header.js";
import { canonicalIp } from "../../src/proxy/ip-bytes.js";
import type { ProxyHeader } from "../../src/proxy/proxy-header.js";
import { type ParsedProxyHeader, ProxyParser } from "../../src/proxy/proxy-parser.js";
import { V2_START } from "../../src/proxy/v2.js";
import { headers } from "./headers.js";

function parse(...chunks: (string | Uint8Array)[]): ParsedProxyHeader | null {
  const parser = new ProxyParser();
  for (const chunk of chunks) {
    const parsed = parser.push(typeof chunk === "string" ? Buffer.from(chunk, "latin1") : chunk);
    if (parsed !== null) return parsed;
  }
  return null;
}

/** A header of version 2 with this command, kind and body. */
function v2(command: number, kind: number, body: Uint8Array, length = body.length): Buffer {
  return Buffer.concat([V2_START, Buffer.from([command, kind, length >> 8, length & 255]), body]);
}

const TCP4 = Buffer.from([192, 0, 2, 1, 198, 51, 100, 2, 0x1f, 0x90, 0x01, 0xbb]);
const PROXY = 0x21;

function withFields(...fields: number[][]): Buffer {
  return v2(PROXY, 0x11, Buffer.concat([TCP4, ...fields.map((bytes) => Buffer.from(bytes))]));
}

function endsOf(header: ProxyHeader | undefined): string[] | null | undefined {
  return header?.ends && [String(header.ends.remoteAddr), String(header.ends.localAddr)];
}

describe("ProxyParser on version 1", () => {
  it("reads both ends, and leaves what follows", () => {
    const parsed = parse("PROXY TCP4 192.0.2.1 198.51.100.2 8080 443\r\nGET /");
    assert.deepEqual(endsOf(parsed?.header), ["192.0.2.1:8080", "198.51.100.2:443"]);
    assert.equal(String(parsed?.rest), "GET /");
    assert.equal(parsed?.header.version, 1);
    const six = parse("PROXY TCP6 2001:DB8:0:0::1 ::ffff:1.2.3.4 0 65535\r\n");
    assert.deepEqual(endsOf(six?.header), ["[2001:db8::1]:0", "[::ffff:1.2.3.4]:65535"]);
  });

  it("passes over everything behind UNKNOWN", () => {
    for (const line of ["PROXY UNKNOWN\r\n", "PROXY UNKNOWN ffff::1 x y z \t\r\n"]) {
      assert.equal(parse(line)?.header.ends, null);
    }
  });

  it("takes the longest line there is, and not a byte more", () => {
    const longest = `PROXY UNKNOWN ${"f".repeat(107 - 16)}\r\n`;
    assert.equal(longest.length, 107);
    assert.equal(parse(longest)?.length, 107);
    assert.throws(() => parse(longest.replace("\r", "f\r")), /longer than 107 bytes/);
    assert.throws(() => parse("PROXY TCP4 ".padEnd(107, "1")), /longer than 107 bytes/);
  });

  const wrong: Readonly<Record<string, string>> = {
    "another protocol": "PROXY UDP4 192.0.2.1 198.51.100.2 1 2",
    "no protocol": "PROXY ",
    "too few fields": "PROXY TCP4 192.0.2.1 198.51.100.2 1",
    "too many fields": "PROXY TCP4 192.0.2.1 198.51.100.2 1 2 3",
    "two spaces": "PROXY TCP4  192.0.2.1 198.51.100.2 1 2",
    "an address of the other family": "PROXY TCP6 192.0.2.1 ::1 1 2",
    "a name": "PROXY TCP4 localhost 198.51.100.2 1 2",
    "a zone": "PROXY TCP6 fe80::1%lo ::1 1 2",
    "a port past the last": "PROXY TCP4 192.0.2.1 198.51.100.2 1 65536",
    "a port with a zero in front": "PROXY TCP4 192.0.2.1 198.51.100.2 01 2",
    "a port with a sign": "PROXY TCP4 192.0.2.1 198.51.100.2 +1 2",
    "a line feed alone": "PROXY TCP4 192.0.2.1 198.51.100.2 1 2\n",
    "lower case": "proxy TCP4 192.0.2.1 198.51.100.2 1 2",
  };
  for (const [what, line] of Object.entries(wrong)) {
    it(`refuses ${what}`, () => {
      assert.throws(() => parse(`${line}\r\n`), /^Error: the PROXY header is malformed: /);
    });
  }
});

describe("ProxyParser on version 2", () => {
  it("reads both ends, and leaves what follows", () => {
    const parsed = parse(Buffer.concat([v2(PROXY, 0x11, TCP4), Buffer.from("rest")]));
    assert.deepEqual(endsOf(parsed?.header), ["192.0.2.1:8080", "198.51.100.2:443"]);
    assert.equal(String(parsed?.rest), "rest");
    const udp = parse(v2(PROXY, 0x12, TCP4));
    assert.equal(udp?.header.ends?.remoteAddr.network, "udp");
  });

  it("reads paths of Unix sockets up to their end", () => {
    const body = Buffer.alloc(216);
    body.write("/run/a");
    body.fill("b", 108);
    assert.deepEqual(endsOf(parse(v2(PROXY, 0x31, body))?.header), ["unix:/run/a", `unix:${"b".repeat(108)}`]);
  });

  it("has no ends for LOCAL and what is unspecified, whatever follows", () => {
    for (const [command, kind] of [
      [0x20, 0x00],
      [0x20, 0x11],
      [PROXY, 0x00],
      [PROXY, 0x10],
      [PROXY, 0x01],
    ] as const) {
      const parsed = parse(v2(command, kind, Buffer.from("any")), "rest");
      assert.equal(parsed?.header.ends, null);
      assert.equal(parsed.length, 19);
    }
  });

  it("reads what it knows of the fields behind the addresses, and passes over the rest", () => {
    const tls = [0x20, 0, 15, 0x07, 0, 0, 0, 0, 0x21, 0, 1, 0x31, 0x22, 0, 3, 0x61, 0xc3, 0xa4];
    const parsed = parse(withFields([0x04, 0, 2, 9, 9], [0x02, 0, 1, 0x68], [0xea, 0, 1, 7], [0x05, 0, 2, 1, 2], tls));
    const { ends, ...rest } = parsed?.header ?? { ends: null };
    assert.ok(ends);
    assert.deepEqual(rest, {
      version: 2,
      authority: "h",
      uniqueId: Uint8Array.of(1, 2),
      tls: { isTls: true, hasCertificate: true, isVerified: true, version: "1", commonName: "aä" },
    });
  });

  it("takes a client without a certificate for unverified, whatever the proxy says of it", () => {
    const tls = parse(withFields([0x20, 0, 5, 0x01, 0, 0, 0, 0]))?.header.tls;
    assert.deepEqual(tls, { isTls: true, hasCertificate: false, isVerified: false });
    const refused = parse(withFields([0x20, 0, 5, 0x03, 0, 0, 0, 1]))?.header.tls;
    assert.deepEqual(refused, { isTls: true, hasCertificate: true, isVerified: false });
  });

  it("verifies the checksum", () => {
    const header = Buffer.from(withFields([0x03, 0, 4, 0, 0, 0, 0], [0x04, 0, 0]));
    header.writeUInt32BE(crc32c(header), 16 + 12 + 3);
    assert.ok(parse(header));
    header[16] = 193;
    assert.throws(() => parse(header), /its checksum is wrong/);
  });

  const wrong: Readonly<Record<string, Buffer>> = {
    "another version": v2(0x11, 0x11, TCP4),
    "another command": v2(0x22, 0x11, TCP4),
    "another family": v2(PROXY, 0x41, TCP4),
    "another transport": v2(PROXY, 0x13, TCP4),
    "addresses cut short": v2(PROXY, 0x21, TCP4),
    "a field without its length": withFields([0x04, 0]),
    "a field cut short": withFields([0x04, 0, 3, 1, 2]),
    "a field cut short within that of TLS": withFields([0x20, 0, 8, 1, 0, 0, 0, 0, 0x21, 0, 1]),
    "a field of TLS too short": withFields([0x20, 0, 4, 1, 0, 0, 0]),
    "a checksum of another length": withFields([0x03, 0, 1, 0]),
    "a unique id too long": withFields([0x05, 0, 129, ...Buffer.alloc(129)]),
    "more than the limit, before it has come": v2(PROXY, 0x11, TCP4, 4_097),
    "a signature that goes wrong": Buffer.from("\r\n\r\n\0\r\nQUIT\r", "latin1"),
  };
  for (const [what, bytes] of Object.entries(wrong)) {
    it(`refuses ${what}`, () => {
      assert.throws(() => parse(bytes), /^Error: the PROXY header is malformed: /);
    });
  }

  it("takes a header as long as the limit", () => {
    const filler = 4_096 - TCP4.length - 3;
    const header = withFields([0x04, filler >> 8, filler & 255, ...Buffer.alloc(filler)]);
    assert.equal(parse(header)?.length, 16 + 4_096);
  });
});

describe("crc32c", () => {
  it("is that of RFC 3720 §B.4", () => {
    assert.equal(crc32c(Buffer.alloc(32)), 0x8a91_36aa);
    assert.equal(crc32c(Buffer.alloc(32, 0xff)), 0x62a8_ab43);
    assert.equal(crc32c(Buffer.from("123456789")), 0xe306_9283);
  });
});

describe("formatProxyHeader", () => {
  it("makes what is parsed to the same", () => {
    fc.assert(
      fc.property(headers, (options) => {
        const { version, remoteAddr, localAddr, ...details } = options;
        const parsed = parse(formatProxyHeader(options))?.header;
        assert.ok(parsed && remoteAddr && localAddr);
        const { ends, version: parsedVersion, ...parsedDetails } = parsed;
        assert.equal(parsedVersion, version);
        if (version === 1) {
          assert.deepEqual(parsedDetails, {});
          if (remoteAddr.network === "unix") assert.equal(ends, null);
        } else {
          assert.deepEqual(parsedDetails, details);
        }
        if (version === 1 && remoteAddr.network === "unix") return;
        assert.deepEqual(ends, { remoteAddr: canonical(remoteAddr), localAddr: canonical(localAddr) });
      }),
    );
  });

  it("writes IPv4 as IPv6 where the other end is that", () => {
    const remoteAddr = new Addr("tcp", "192.0.2.1", 1);
    const localAddr = new Addr("tcp", "::1", 2);
    const line = String(formatProxyHeader({ version: 1, remoteAddr, localAddr }));
    assert.equal(line, "PROXY TCP6 ::ffff:192.0.2.1 ::1 1 2\r\n");
    assert.deepEqual(endsOf(parse(formatProxyHeader({ remoteAddr, localAddr }))?.header), [
      "[::ffff:192.0.2.1]:1",
      "[::1]:2",
    ]);
  });

  it("calls a connection the sender's own that has no such ends", () => {
    assert.equal(String(formatProxyHeader({ version: 1 })), "PROXY UNKNOWN\r\n");
    const pipe = new Addr("pipe", "", 0);
    for (const ends of [{}, { remoteAddr: pipe, localAddr: pipe }]) {
      const header = Buffer.from(formatProxyHeader(ends));
      assert.deepEqual(header, v2(0x20, 0, Buffer.alloc(0)));
    }
  });

  it("refuses what would be longer than anybody takes", () => {
    const addr = new Addr("tcp", "::1", 1);
    assert.throws(
      () => formatProxyHeader({ remoteAddr: addr, localAddr: addr, authority: "x".repeat(4_096) }),
      RangeError,
    );
  });
});

describe("ProxyParser", () => {
  it("does not care where the chunks are cut", () => {
    fc.assert(
      fc.property(headers, fc.uint8Array({ maxLength: 40 }), fc.array(fc.nat(400)), (options, rest, cuts) => {
        const header = formatProxyHeader(options);
        const bytes = Buffer.concat([header, rest]);
        const whole = parse(bytes);
        const parser = new ProxyParser();
        let parsed: ParsedProxyHeader | null = null;
        let at = 0;
        for (const cut of [...cuts.map((each) => each % bytes.length).sort((a, b) => a - b), bytes.length]) {
          parsed = parser.push(bytes.subarray(at, cut));
          at = cut;
          if (parsed !== null) break;
          assert.ok(at < header.length);
        }
        assert.deepEqual(parsed?.header, whole?.header);
        assert.equal(parsed?.length, header.length);
        assert.deepEqual(Buffer.concat([parsed.rest, bytes.subarray(at)]), Buffer.from(rest));
      }),
    );
  });

  it("gives null, a header or an error for whatever comes, and keeps no more than it may", () => {
    const starts = fc.constantFrom(
      "",
      "PROXY ",
      "PROXY TCP4 ",
      V2_START.toString("latin1"),
      `${V2_START.toString("latin1")}!\x11`,
    );
    fc.assert(
      fc.property(starts, fc.array(fc.uint8Array({ maxLength: 600 }), { maxLength: 20 }), (start, chunks) => {
        const parser = new ProxyParser();
        let taken = start.length;
        try {
          if (start !== "" && parser.push(Buffer.from(start, "latin1")) !== null) return;
          for (const chunk of chunks) {
            if (parser.push(chunk) !== null) return;
            taken += chunk.length;
            assert.ok(taken < 16 + 4_096);
          }
        } catch (error) {
          assert.match(String(error), /^Error: the PROXY header is malformed: /);
        }
      }),
    );
  });

  it("finds flipped bits by the checksum, or takes the header for another kind", () => {
    const addr = new Addr("tcp", "192.0.2.1", 1);
    const header = Buffer.from(formatProxyHeader({ remoteAddr: addr, localAddr: addr, authority: "example.org" }));
    for (let bit = 16 * 8; bit < header.length * 8; bit += 1) {
      const flipped = Buffer.from(header);
      flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
      const outcome = (() => {
        try {
          return parse(flipped)?.header.authority;
        } catch (error) {
          return String(error);
        }
      })();
      // The type of the checksum's own field is the one place where a flip hides it.
      if (bit >> 3 !== 28) assert.match(String(outcome), /malformed/);
    }
  });
});

function canonical(addr: Addr): Addr {
  return addr.network === "unix" ? addr : new Addr("tcp", canonicalIp(addr.host), addr.port);
}
