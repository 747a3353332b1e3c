import { measureServed } from "../src/served.mjs";
import { ECHO_SERVERS, RATE_AND_CPU } from "./echo-servers.mjs";

/** @import { LoadCase, Workload } from "../src/types.js" */

/** @type {readonly LoadCase[]} */
const CASES = [
  { name: "1", title: "1 connection", load: "pingpong", conns: 1, size: 64, depth: 1 },
  { name: "100", title: "100 connections", load: "pingpong", conns: 100, size: 64, depth: 1 },
  { name: "1000", title: "1000 connections", load: "pingpong", conns: 1000, size: 64, depth: 1 },
  { name: "100x16", title: "100 connections, 16 in flight", load: "pingpong", conns: 100, size: 64, depth: 16 },
];

/** @type {Workload} */
export const echo = {
  name: "echo",
  title: "Echo",
  about: "64 bytes there and back on each connection, again and again; an operation is one message.",
  reference: "go",
  cases: CASES,
  peers: ECHO_SERVERS,
  rounds: 9,
  columns: RATE_AND_CPU,
  measure: (run) => measureServed(run, "server"),
};
