import { measureTransfers } from "../src/transfers.mjs";

/** @import { Peer, Workload } from "../src/types.js" */

/** @type {readonly Peer[]} */
const PEERS = [
  {
    name: "nc",
    label: "OpenBSD netcat",
    runtime: "system",
    program: "nc.openbsd",
    args: ["-N", "127.0.0.1", "{port}"],
  },
  { name: "ncat", label: "ncat", runtime: "system", program: "ncat", args: ["127.0.0.1", "{port}"] },
  { name: "socat", label: "socat", runtime: "system", program: "socat", args: ["-", "TCP4:127.0.0.1:{port}"] },
  {
    name: "socat-256k",
    label: "socat `-b262144`",
    runtime: "system",
    program: "socat",
    args: ["-b262144", "-", "TCP4:127.0.0.1:{port}"],
  },
  { name: "node-pipe", label: "Node, `stdin.pipe(socket)`", runtime: "node", program: "netcat", args: ["{port}"] },
  {
    name: "belfry-netcat",
    label: "`belfry netcat`",
    runtime: "cli",
    program: "netcat",
    args: ["127.0.0.1", "{port}"],
  },
];

/** @type {Workload} */
export const netcat = {
  name: "netcat",
  title: "netcat",
  about: "Standard input to a sink over TCP.",
  reference: "nc",
  cases: [
    { name: "pipe", title: "from a pipe" },
    { name: "file", title: "from a file" },
  ],
  peers: PEERS,
  rounds: 5,
  columns: [
    { title: "bytes a second", figure: "rate", format: "ratio" },
    { title: "CPU a byte", figure: "cpu", format: "ratio" },
  ],
  measure: measureTransfers,
};
