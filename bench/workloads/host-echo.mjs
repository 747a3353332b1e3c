import { measureHostEcho } from "../src/host/measure-echo.mjs";
import { RATE_AND_CPU } from "./echo-servers.mjs";

/** @import { HostPeer, LoadCase, Workload } from "../src/types.js" */

/** @type {readonly LoadCase[]} */
const CASES = [
  { name: "100", title: "100 connections", load: "pingpong", conns: 100, size: 64, depth: 1 },
  { name: "1000", title: "1000 connections", load: "pingpong", conns: 1000, size: 64, depth: 1 },
  { name: "churn", title: "connect, echo, close; 16 at a time", load: "churn", conns: 16, size: 64, depth: 1 },
];

/** @type {readonly HostPeer[]} */
const PEERS = [
  { name: "serve", label: "`serve` with `echo()` in a program", runtime: "belfry", program: "serve", args: ["echo"] },
  {
    name: "belfry-serve",
    label: "`belfry serve`, one worker, metrics scraped",
    runtime: "cli",
    program: "serve",
    host: { workers: 1 },
  },
  {
    name: "belfry-serve-2",
    label: "`belfry serve`, two workers, metrics scraped",
    runtime: "cli",
    program: "serve",
    host: { workers: 2 },
  },
  {
    name: "belfry-serve-bare",
    label: "`belfry serve`, one worker, no debug server",
    runtime: "cli",
    program: "serve",
    host: { workers: 1, isDebugged: false },
    cases: ["100"],
  },
  {
    name: "belfry-serve-quiet",
    label: "`belfry serve`, one worker, metrics scraped, no line a connection",
    runtime: "cli",
    program: "serve",
    host: { workers: 1, logLevel: "warn" },
    cases: ["churn"],
  },
  {
    name: "belfry-echo",
    label: "`belfry echo`",
    runtime: "cli",
    program: "echo",
    args: ["--listen", "127.0.0.1:0"],
    cases: ["100", "churn"],
  },
  {
    name: "belfry-echo-debug",
    label: "`belfry echo --debug`, metrics scraped",
    runtime: "cli",
    program: "echo",
    args: ["--listen", "127.0.0.1:0", "--debug", "127.0.0.1:0"],
    cases: ["100", "1000"],
  },
];

/** @type {Workload} */
export const hostEcho = {
  name: "host-echo",
  title: "The host, echo",
  about:
    "64 bytes there and back, with metrics scraped once a second; an operation is one message, or one connection's life.",
  reference: "serve",
  cases: CASES,
  peers: PEERS,
  rounds: 10,
  columns: RATE_AND_CPU,
  measure: measureHostEcho,
};
