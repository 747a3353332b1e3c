import { pipe } from "../src/pipe.js";
import { connSuite } from "../src/testing.js";
import { proxiedPair, proxiedTlsPair, socketPair, tcpPair, tlsPair, unixPair } from "./pairs.js";

connSuite(tcpPair, { name: "Conn over TCP" });
connSuite(socketPair, { name: "Conn over TCP, by sockets of the runtime" });
connSuite(tlsPair, { name: "Conn over TLS", hasReset: false });
connSuite(proxiedPair, { name: "Conn over TCP behind a proxy" });
connSuite(proxiedTlsPair, { name: "Conn over TLS behind a proxy", hasReset: false });
connSuite(pipe, { name: "Conn of a pipe" });
if (process.platform !== "win32") connSuite(unixPair, { name: "Conn over a Unix socket", hasReset: false });
