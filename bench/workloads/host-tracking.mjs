import { measureTracking } from "../src/host/measure-tracking.mjs";
import { RATE_AND_CPU } from "./echo-servers.mjs";

/** @import { Peer, TrackingCase, Workload } from "../src/types.js" */

const HUNDRED = /** @type {const} */ ({ load: "pingpong", conns: 100, size: 64, depth: 1 });
const THOUSAND = { ...HUNDRED, conns: 1000 };

/** @type {readonly TrackingCase[]} */
const CASES = [
  { name: "ping-pong", title: "ping-pong over channels", does: "ping-pong" },
  { name: "rendezvous", title: "rendezvous", does: "rendezvous" },
  { name: "echo-100", title: "echo, 100 connections", does: "echo-100", echo: HUNDRED },
  { name: "echo-1000", title: "1000", does: "echo-1000", echo: THOUSAND },
  { name: "ping-pong-node20", title: "Node 20: ping-pong", does: "ping-pong", node: "20" },
  { name: "echo-100-node20", title: "Node 20: echo, 100", does: "echo-100", node: "20", echo: HUNDRED },
];

/** @type {readonly Peer[]} */
const PEERS = [
  { name: "bare", label: "not listed", runtime: "belfry", program: "tracking", args: ["bare"] },
  {
    name: "belfry-listed",
    label: "listed, as with `--debug`",
    runtime: "belfry",
    program: "tracking",
    args: ["listed"],
  },
  {
    name: "belfry-told",
    label: "listed, each wait known by `taskTracer`",
    runtime: "belfry",
    program: "tracking",
    args: ["told"],
    cases: ["ping-pong", "rendezvous"],
  },
  {
    name: "belfry-followed",
    label: "listed, `traceWaits(true)`",
    runtime: "belfry",
    program: "tracking",
    args: ["followed"],
  },
];

/** @type {Workload} */
export const hostTracking = {
  name: "host-tracking",
  title: "The host, tasks that are known",
  about:
    "What it costs to list tasks and to know what they wait for; an operation is a value handed over, or a message.",
  reference: "bare",
  cases: CASES,
  peers: PEERS,
  rounds: 15,
  columns: RATE_AND_CPU,
  measure: measureTracking,
};
