import { measureServed } from "../src/served.mjs";
import { ECHO_SERVERS, RATE_AND_CPU } from "./echo-servers.mjs";

/** @import { LoadCase, Workload } from "../src/types.js" */

/** @type {readonly LoadCase[]} */
const CASES = [
  { name: "1", title: "1 connection", load: "bulk", conns: 1, size: 65_536, depth: 8 },
  { name: "8", title: "8 connections", load: "bulk", conns: 8, size: 65_536, depth: 8 },
];

/** @type {Workload} */
export const bulk = {
  name: "bulk",
  title: "Bulk echo",
  about: "Messages of 64 KiB, up to 8 of them in flight on each connection; an operation is one MiB echoed.",
  reference: "go",
  cases: CASES,
  peers: ECHO_SERVERS,
  rounds: 15,
  columns: RATE_AND_CPU,
  measure: (run) => measureServed(run, "both"),
};
