import { measureAnswers } from "../src/host/measure-answers.mjs";
import { measureDashboard } from "../src/host/measure-dashboard.mjs";

/** @import { AnswerCase, HostPeer, SteadyCase, Workload } from "../src/types.js" */

/** Most of them silent; those that are active ask ten times a second. */
const CROWD = /** @type {const} */ ({ conns: 10_000, active: 100, size: 64, think: 100, life: 0 });
const WHO = "10,000 connections to an echo, of which a hundred ask ten times a second";

/** @type {readonly SteadyCase[]} */
const CASES = [{ name: "10000", title: "10,000 connections", ...CROWD }];

/** @type {readonly AnswerCase[]} */
const PAGES = [
  { name: "page", title: "`/`", path: "/" },
  { name: "conns", title: "`/debug/conns`", path: "/debug/conns" },
  { name: "conns-all", title: "all of them", path: "/debug/conns?limit=10000" },
  { name: "tasks", title: "`/debug/tasks`", path: "/debug/tasks" },
  { name: "metrics", title: "`/metrics`", path: "/metrics" },
  { name: "goroutine", title: "`goroutine`", path: "/debug/pprof/goroutine" },
  { name: "goroutine-text", title: "as text", path: "/debug/pprof/goroutine?debug=2" },
];

/** @type {readonly HostPeer[]} */
const PEERS = [
  { name: "belfry-serve", label: "`belfry serve`, one worker", runtime: "cli", program: "serve", host: { workers: 1 } },
  {
    name: "belfry-serve-2",
    label: "`belfry serve`, two workers",
    runtime: "cli",
    program: "serve",
    host: { workers: 2 },
  },
];

/** @type {Workload} */
export const hostDashboard = {
  name: "host-dashboard",
  title: "The host, a dashboard",
  about: `What the host uses while a dashboard is open: ${WHO}.`,
  reference: "belfry-serve",
  cases: CASES,
  peers: PEERS,
  rounds: 1,
  columns: [
    { title: "% of a core without", figure: "shareWithout", format: "decimal" },
    { title: "with", figure: "shareWith", format: "decimal" },
    { title: "more", figure: "shareBeyond", format: "decimal" },
  ],
  measure: measureDashboard,
};

/** @type {Workload} */
export const hostAnswers = {
  name: "host-answers",
  title: "The host, pages to look at",
  about: `How long pages of the debug server take while a dashboard is open: ${WHO}.`,
  reference: "belfry-serve",
  cases: PAGES,
  peers: PEERS,
  rounds: 1,
  columns: [
    { title: "ms, p95", figure: "p95Ms", format: "decimal" },
    { title: "KiB", figure: "kib", format: "count" },
  ],
  measure: (run) => measureAnswers(run, { name: "10000", title: "10,000 connections", ...CROWD }),
};
