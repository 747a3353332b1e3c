import { measureServed } from "../src/served.mjs";
import { ECHO_SERVERS, RATE_AND_CPU } from "./echo-servers.mjs";

/** @import { LoadCase, Workload } from "../src/types.js" */

/** @type {readonly LoadCase[]} */
const CASES = [{ name: "16", title: "16 at a time", load: "churn", conns: 16, size: 64, depth: 1 }];

/** @type {Workload} */
export const churn = {
  name: "churn",
  title: "Connect churn",
  about: "Connect, 64 bytes there and back, close; an operation is one connection's life.",
  reference: "go",
  cases: CASES,
  peers: ECHO_SERVERS,
  rounds: 9,
  columns: RATE_AND_CPU,
  measure: (run) => measureServed(run, "server"),
};
