import { BrokenError, ClosedError } from "@belfry/net";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { classifyAcceptError, systemCode } from "../src/accept-errors.js";

function systemError(code: string): Error {
  return Object.assign(new Error(code), { code });
}

function broken(code: string): BrokenError {
  return new BrokenError({ op: "accept" }, systemError(code));
}

describe("classifyAcceptError", () => {
  it("blames the connection for what was pending on it", () => {
    for (const code of ["ECONNABORTED", "ECONNRESET", "EPROTO", "EPERM", "ENETDOWN", "EINTR"]) {
      assert.equal(classifyAcceptError(broken(code)), "connection", code);
    }
  });

  it("backs off when the system is short of something", () => {
    for (const code of ["EMFILE", "ENFILE", "ENOBUFS", "ENOMEM"]) {
      assert.equal(classifyAcceptError(broken(code)), "backOff", code);
      assert.equal(classifyAcceptError(systemError(code)), "backOff", code);
    }
  });

  it("gives up on a listener that is no listener any more", () => {
    for (const code of ["EBADF", "EINVAL", "ENOTSOCK", "EOPNOTSUPP"]) {
      assert.equal(classifyAcceptError(broken(code)), "fatal", code);
    }
  });

  it("knows the listener's own close", () => {
    assert.equal(classifyAcceptError(new ClosedError({ op: "accept" })), "closed");
  });

  it("blames the connection for a failed handshake", () => {
    assert.equal(classifyAcceptError(broken("ERR_SSL_WRONG_VERSION_NUMBER")), "connection");
    assert.equal(classifyAcceptError(new BrokenError({ op: "accept" }, new Error("bad hello"))), "connection");
  });

  it("backs off from a system code it does not know", () => {
    assert.equal(classifyAcceptError(broken("ENEWSTHING")), "backOff");
  });

  it("takes anything else for a defect", () => {
    assert.equal(classifyAcceptError(new TypeError("x is undefined")), "fatal");
    assert.equal(classifyAcceptError("text"), "fatal");
  });
});

describe("systemCode", () => {
  it("finds the system's code below the library's own", () => {
    assert.equal(systemCode(broken("EMFILE")), "EMFILE");
  });

  it("says when there is none, whatever it is given", () => {
    const circular = new Error("its own cause");
    circular.cause = circular;
    for (const error of [circular, broken("ERR_SSL_NO_CIPHER"), undefined]) assert.equal(systemCode(error), "unknown");
  });
});
