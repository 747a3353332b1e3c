import { measureSolo } from "../src/solo.mjs";

/** @import { Peer, Workload } from "../src/types.js" */

const CLIENTS = 10_000;

/** @type {readonly Peer[]} */
const PEERS = [
  { name: "go", label: "Go, a sleep in each goroutine (the book's clock)", runtime: "go", program: "clock" },
  { name: "c", label: "C, one timer", runtime: "c", program: "clock" },
  { name: "node-interval", label: "Node, an interval a client", runtime: "node", program: "clock" },
  {
    name: "belfry-clock",
    label: "Belfry, `serve` with `clock()`",
    runtime: "belfry",
    program: "serve",
    args: ["clock"],
  },
];

/** @type {Workload} */
export const clock = {
  name: "clock",
  title: "Clock fan-out",
  about: `A clock with ${CLIENTS.toLocaleString("en")} clients.`,
  reference: "go",
  cases: [{ name: "10000", title: "10,000 clients" }],
  peers: PEERS,
  rounds: 1,
  columns: [
    { title: "CPU ms a tick", figure: "cpuMs", format: "decimal" },
    { title: "ms from first to last client", figure: "spreadMs", format: "decimal" },
    { title: "seconds skipped", figure: "skipped", format: "count" },
    { title: "doubled", figure: "doubled", format: "count" },
  ],
  measure: (run) =>
    measureSolo(run, {
      load: "clock",
      args: () => ({ conns: CLIENTS, seconds: run.options.clockSeconds, warmup: 2 }),
      toSample: (report) => {
        const { seconds = 1, serverCpu = 0, serverWait = 0, foreignCpu = 0, lines = 0 } = report;
        const keys = ["spreadMs", "spreadMsMax", "lastAfterSecondMs", "fullTicks", "skipped", "doubled", "malformed"];
        return {
          at: Date.now() / 1000,
          rate: lines / seconds,
          cpu: (serverCpu / seconds) * 1e6,
          wait: Math.min(serverWait, foreignCpu) / seconds,
          figures: {
            cpuMs: (serverCpu / seconds) * 1000,
            ...Object.fromEntries(keys.map((key) => [key, report[key] ?? Number.NaN])),
          },
        };
      },
      method: `${run.options.clockSeconds} s watched; CPU of the server; spread: median over the seconds that all clients saw`,
    }),
};
