import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { hexDump } from "../src/hex-dump.js";

describe("hexDump()", () => {
  it("shows direction, offset, bytes and what is printable", () => {
    const dump = hexDump();
    assert.equal(
      dump("sent", Buffer.from("GET / HTTP/1.1\r\n\r\n")),
      "> 00000000  47 45 54 20 2f 20 48 54  54 50 2f 31 2e 31 0d 0a  |GET / HTTP/1.1..|\n" +
        `> 00000010  0d 0a${" ".repeat(43)}  |..|\n`,
    );
  });

  it("counts each direction by itself", () => {
    const dump = hexDump();
    dump("sent", Buffer.alloc(20));
    assert.match(dump("received", Buffer.from("x")), /^< 00000000 {2}78 /);
    assert.match(dump("sent", Buffer.from("x")), /^> 00000014 {2}78 /);
  });
});
