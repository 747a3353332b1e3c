import { measureReload } from "../src/host/measure-reload.mjs";

/** @import { HostPeer, SteadyCase, Workload } from "../src/types.js" */

const CLIENTS = { conns: 1000, size: 64 };

/** @type {readonly SteadyCase[]} */
const CASES = [
  { name: "busy", title: "asking without a pause", ...CLIENTS, think: 0, life: 200 },
  { name: "paced", title: "asking every 50 ms", ...CLIENTS, think: 50, life: 80 },
  {
    name: "held",
    title: "asking every 250 ms, connections kept until they are ended by the drain",
    ...CLIENTS,
    think: 250,
    life: 0,
    reloadGrace: "2s",
  },
];

/** @type {readonly HostPeer[]} */
const PEERS = [
  { name: "c", label: "C, epoll, never reloaded", runtime: "c", program: "echo" },
  {
    name: "belfry-serve",
    label: "`belfry serve`, one worker",
    runtime: "cli",
    program: "serve",
    host: { workers: 1 },
  },
  {
    name: "belfry-serve-2",
    label: "`belfry serve`, two workers",
    runtime: "cli",
    program: "serve",
    host: { workers: 2 },
    cases: ["busy", "paced"],
  },
];

/** @type {Workload} */
export const hostReload = {
  name: "host-reload",
  title: "The host, reloads under load",
  about: `${CLIENTS.conns.toLocaleString("en")} connections with a request of ${CLIENTS.size} bytes under way or soon, while the host is reloaded again and again.`,
  reference: "belfry-serve",
  cases: CASES,
  peers: PEERS,
  rounds: 1,
  columns: [
    { title: "requests failed", figure: "failed", format: "count" },
    { title: "connections reset", figure: "resets", format: "count" },
    { title: "dials refused", figure: "refused", format: "count" },
    { title: "ms p99 when calm", figure: "calmP99Ms", format: "decimal" },
    { title: "during reloads", figure: "busyP99Ms", format: "decimal" },
  ],
  measure: measureReload,
};
