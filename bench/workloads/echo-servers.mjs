/** @import { Peer } from "../src/types.js" */

/**
 * Every echo server, the reference among them.
 *
 * @type {readonly Peer[]}
 */
export const ECHO_SERVERS = [
  { name: "c", label: "C, epoll (the limit)", runtime: "c", program: "echo" },
  { name: "go", label: "Go, read/write loop", runtime: "go", program: "echo", args: ["loop"] },
  { name: "go-copy", label: "Go, `io.Copy`", runtime: "go", program: "echo", args: ["copy"] },
  { name: "bun", label: "Bun, `Bun.listen`", runtime: "bun", program: "echo" },
  { name: "deno", label: "Deno, `Deno.listen`, 64 KiB each", runtime: "deno", program: "echo" },
  {
    name: "node-onread",
    label: "Node, `onread`, one shared buffer",
    runtime: "node",
    program: "echo",
    args: ["onread"],
  },
  { name: "node-data", label: "Node, `data` → `write`", runtime: "node", program: "echo", args: ["data"] },
  { name: "node-pipe", label: "Node, `pipe`", runtime: "node", program: "echo", args: ["pipe"] },
  { name: "node-for-await", label: "Node, `for await`", runtime: "node", program: "echo", args: ["for-await"] },
  {
    name: "belfry-for-await",
    label: "Belfry, `for await` and `await write`",
    runtime: "belfry",
    program: "echo",
    args: ["for-await"],
  },
  { name: "belfry-read", label: "Belfry, `read` loop", runtime: "belfry", program: "echo", args: ["read"] },
  {
    name: "belfry-read-into",
    label: "Belfry, `readInto` loop, 64 KiB each",
    runtime: "belfry",
    program: "echo",
    args: ["read-into"],
  },
  { name: "belfry-copy", label: "Belfry, `copy(conn, conn)`", runtime: "belfry", program: "echo", args: ["copy"] },
  { name: "belfry-serve", label: "Belfry, `serve` with `echo()`", runtime: "belfry", program: "serve", args: ["echo"] },
];

/** Rate and CPU an operation, both against the reference. */
export const RATE_AND_CPU = /** @type {const} */ ([
  { title: "operations a second", figure: "rate", format: "ratio" },
  { title: "CPU an operation", figure: "cpu", format: "ratio" },
]);
