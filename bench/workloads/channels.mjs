import { measureDriven } from "../src/driven.mjs";

/** @import { Peer, Workload } from "../src/types.js" */

const HANDOVERS = ["rendezvous", "buffered-1024"];

/** @type {readonly Peer[]} */
const PEERS = [
  { name: "go", label: "Go, one processor", runtime: "go", program: "channels" },
  { name: "belfry-await", label: "Belfry, `await receive()`", runtime: "belfry", program: "channels", args: ["await"] },
  {
    name: "belfry-iterate",
    label: "Belfry, `for await`",
    runtime: "belfry",
    program: "channels",
    args: ["iterate"],
    cases: HANDOVERS,
  },
  {
    name: "belfry-batch",
    label: "Belfry, `batches()`",
    runtime: "belfry",
    program: "channels",
    args: ["batch"],
    cases: HANDOVERS,
  },
  {
    name: "belfry-try",
    label: "Belfry, `try…` first, then `await`; `batches()`",
    runtime: "belfry",
    program: "channels",
    args: ["try"],
    cases: ["buffered-1024", "select-2", "select-4"],
  },
];

/** @type {Workload} */
export const channels = {
  name: "channels",
  title: "Channels",
  about:
    "Values between tasks on one core, every operation awaited unless said otherwise; an operation is a value handed over, in ping-pong two.",
  reference: "go",
  cases: [
    { name: "ping-pong", title: "ping-pong" },
    { name: "rendezvous", title: "rendezvous" },
    { name: "buffered-1024", title: "buffered, 1024" },
    { name: "select-2", title: "select over 2" },
    { name: "select-4", title: "select over 4" },
  ],
  peers: PEERS,
  rounds: 15,
  columns: [{ title: "operations a second", figure: "rate", format: "ratio" }],
  measure: measureDriven,
};
