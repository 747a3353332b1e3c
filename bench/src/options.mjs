import { resolve } from "node:path";
import { parseArgs } from "node:util";

/** @import { Cores, Options } from "./types.js" */

export const USAGE = `usage: npm run bench -- [WORKLOAD…] [options]

  --peers A,B        only these (and the reference); "belfry" stands for every belfry-… peer
  --cases A,B        only these cases
  --rounds N         clean samples wanted of each row (runs, where a workload has no samples)
  --max-seconds N    stop sampling a workload after so long (600)
  --node N|PATH      the Node for the node and belfry peers (24)
  --base DIR         beside each belfry peer the same of another checkout, built (…@base)
  --cores S,C        the cores of server and client (0,1)
  --seconds N        how long a clock is watched (60)
  --bytes N          length of a netcat transfer (4294967296)
  --verify           compare every echoed byte (slower client)
  --write, --no-write   keep the result; by default only that of a run with all peers and cases
  --no-build         leave the packages as they are built
  --list             name workloads, cases and peers`;

/**
 * Reads the command line.
 *
 * @param {readonly string[]} args
 * @returns {Options & { readonly isListing: boolean, readonly isHelp: boolean }}
 * @throws {TypeError} naming the option and its value
 */
export function parseOptions(args) {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      peers: { type: "string" },
      cases: { type: "string" },
      rounds: { type: "string" },
      "max-seconds": { type: "string", default: "600" },
      node: { type: "string" },
      base: { type: "string" },
      cores: { type: "string" },
      seconds: { type: "string", default: "60" },
      bytes: { type: "string", default: String(2 ** 32) },
      verify: { type: "boolean", default: false },
      write: { type: "boolean" },
      "no-write": { type: "boolean", default: false },
      "no-build": { type: "boolean", default: false },
      list: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  return {
    workloads: positionals,
    peers: split(values.peers),
    cases: split(values.cases),
    rounds: values.rounds === undefined ? undefined : whole("--rounds", values.rounds),
    maxSeconds: whole("--max-seconds", values["max-seconds"]),
    node: values.node,
    base: values.base === undefined ? undefined : resolve(values.base),
    cores: values.cores === undefined ? undefined : parseCores(values.cores),
    isVerified: values.verify,
    isWritten: values["no-write"] ? false : values.write,
    isBuilt: !values["no-build"],
    bytes: whole("--bytes", values.bytes),
    clockSeconds: whole("--seconds", values.seconds),
    isListing: values.list,
    isHelp: values.help,
  };
}

/** @param {string | undefined} text */
function split(text) {
  return text === undefined ? [] : text.split(",").filter((item) => item !== "");
}

/**
 * @param {string} option
 * @param {string} text
 */
function whole(option, text) {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) {
    throw new TypeError(`Cannot use ${option} ${text}: expected a whole number of at least 1`);
  }
  return value;
}

/**
 * @param {string} text
 * @returns {Cores}
 */
function parseCores(text) {
  const match = /^(\d+),(\d+)$/.exec(text);
  if (match === null) throw new TypeError(`Cannot use --cores ${text}: expected two numbers, as in 0,1`);
  return { server: Number(match[1]), client: Number(match[2]) };
}

/**
 * Those of `items` that `names` select: by name, or all that begin with `NAME-` where none has the name itself.
 *
 * @template {{ readonly name: string }} T
 * @param {readonly T[]} items
 * @param {readonly string[]} names none selects all
 * @returns {T[]}
 */
export function select(items, names) {
  if (names.length === 0) return [...items];
  const isExact = (/** @type {string} */ name) => items.some((item) => item.name === name);
  return items.filter((item) =>
    names.some((name) => item.name === name || (!isExact(name) && item.name.startsWith(`${name}-`))),
  );
}
