import { measureServed } from "../src/served.mjs";
import { RATE_AND_CPU } from "./echo-servers.mjs";

/** @import { LoadCase, Peer, Workload } from "../src/types.js" */

/** @type {readonly LoadCase[]} */
const CASES = [
  { name: "1", title: "one at a time", load: "pingpong", conns: 100, size: 64, depth: 1 },
  { name: "16", title: "16 pipelined", load: "pingpong", conns: 100, size: 64, depth: 16 },
];

/** @type {readonly Peer[]} */
const PEERS = [
  {
    name: "go-scanner",
    label: "Go, `bufio.Scanner` and `Fprintln` (the book's reverb)",
    runtime: "go",
    program: "lines",
    args: ["scanner"],
  },
  {
    name: "go-writer",
    label: "Go, `bufio.Writer`, flushed when the input is empty",
    runtime: "go",
    program: "lines",
    args: ["writer"],
  },
  { name: "node-data", label: "Node, one write a chunk", runtime: "node", program: "lines" },
  { name: "belfry-lines", label: "Belfry, `for await` line and `await write`", runtime: "belfry", program: "lines" },
];

/** @type {Workload} */
export const lines = {
  name: "lines",
  title: "Lines",
  about: "Lines of 64 bytes there and back on 100 connections; an operation is one line.",
  reference: "go-scanner",
  cases: CASES,
  peers: PEERS,
  rounds: 9,
  columns: RATE_AND_CPU,
  measure: (run) => measureServed(run, "server"),
};
