// `npm run bench`: measures, prints, and keeps what it found under results/. See bench/README.md.

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseOptions, select, USAGE } from "./src/options.mjs";
import { ROOT } from "./src/paths.mjs";
import { addBase } from "./src/peers.mjs";
import { formatReport } from "./src/report.mjs";
import { makeResult, writeResult } from "./src/results.mjs";
import { takeTurn } from "./src/turn.mjs";
import { Unavailable } from "./src/unavailable.mjs";
import { WORKLOADS } from "./workloads/all.mjs";

/** @import { Measured, Options, Run, Workload } from "./src/types.js" */

const ALL_PEERS = WORKLOADS.flatMap(({ peers }) => peers);
const log = (/** @type {string} */ line) => console.error(line);

const options = readOptions(process.argv.slice(2));
if (options?.isHelp) console.log(USAGE);
else if (options?.isListing) list();
else if (options !== undefined) await runAll(options);

/** @param {readonly string[]} args */
function readOptions(args) {
  try {
    const read = parseOptions(args);
    const named = { workloads: WORKLOADS, cases: WORKLOADS.flatMap(({ cases }) => cases), peers: ALL_PEERS };
    for (const [option, items] of Object.entries(named)) {
      checkNames(option, read[/** @type {keyof typeof named} */ (option)], items);
    }
    return read;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    console.error(`${error.message}\n\n${USAGE}`);
    process.exitCode = 2;
    return undefined;
  }
}

/**
 * @param {string} what
 * @param {readonly string[]} names
 * @param {readonly { readonly name: string }[]} items
 */
function checkNames(what, names, items) {
  const unknown = names.filter((name) => select(items, [name]).length === 0);
  if (unknown.length > 0)
    throw new TypeError(`Cannot find ${what} ${unknown.join(", ")}: --list names those there are`);
}

/** @param {Options} options */
async function runAll(options) {
  await takeTurn(log);
  if (options.isBuilt) build();
  for (const workload of select(WORKLOADS, options.workloads)) await runOne(workload, options);
}

/**
 * @param {Workload} workload
 * @param {Options} options
 */
async function runOne(workload, options) {
  const { reference } = workload;
  const chosen = options.peers.length === 0 ? [] : [reference, ...options.peers];
  const selected = select(workload.peers, chosen);
  const peers = options.base === undefined ? selected : addBase(selected, options.base);
  const cases = select(workload.cases, options.cases);
  if (cases.length === 0) return;
  const isWhole = peers.length === workload.peers.length && cases.length === workload.cases.length;
  log(`${workload.name}: ${cases.length} cases, ${peers.length} peers`);
  const run = { workload, cases, peers, rounds: options.rounds ?? workload.rounds, options, log };
  const measured = await measure(run);
  if (measured === undefined) {
    process.exitCode = 1;
    return;
  }
  const result = makeResult(run, measured);
  console.log(formatReport(result));
  if (options.isWritten ?? isWhole)
    log(`\nwritten to ${writeResult(result)}; \`node bench/table.mjs\` brings it into README.md`);
  else log("\nnot written: a run of some peers or cases says less than the one it would replace (--write to keep it)");
}

/**
 * @param {Run} run
 * @returns {Promise<Measured | undefined>} undefined when this machine can measure nothing of it
 */
async function measure(run) {
  try {
    const measured = await run.workload.measure(run);
    if (measured.rows.length > 0) return measured;
    const reasons = new Set(measured.missing.map(({ peer, reason }) => `${peer}: ${reason}`));
    log(`${run.workload.name}: nothing could be measured: ${[...reasons].join("; ")}`);
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    log(`${run.workload.name}: not measured: ${error.message}`);
  }
  return undefined;
}

/** Builds the packages; one that does not build is measured as it last was, or left out. */
function build() {
  const compiler = join(ROOT, "node_modules", "typescript", "bin", "tsc");
  if (!existsSync(compiler)) spawnSync("npm", ["ci", "--ignore-scripts"], { cwd: ROOT, stdio: "inherit" });
  const { status } = spawnSync(process.execPath, [compiler, "-b"], { cwd: ROOT, stdio: "ignore" });
  if (status !== 0) log("the packages do not build: measured as they were last built");
}

function list() {
  for (const { name, title, cases, peers, reference } of WORKLOADS) {
    console.log(`${name}: ${title}`);
    console.log(`  cases: ${cases.map((at) => at.name).join(" ")}`);
    console.log(
      `  peers: ${peers.map((peer) => (peer.name === reference ? `${peer.name} (reference)` : peer.name)).join(" ")}`,
    );
  }
}
