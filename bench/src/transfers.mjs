import { spawnSync } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, statfsSync } from "node:fs";
import { join } from "node:path";
import { readCoreUse } from "./accounts.mjs";
import { buildTool } from "./build.mjs";
import { BUILD } from "./paths.mjs";
import { commandOf } from "./peers.mjs";
import { chooseCores, launch, parseReport, startServer } from "./processes.mjs";
import { sampleAll } from "./sampler.mjs";
import { failuresOf, summarizeAll } from "./served.mjs";
import { CLEAN_WAIT } from "./statistics.mjs";
import { Unavailable } from "./unavailable.mjs";

/** @import { ChildProcess } from "node:child_process" */
/** @import { Cores, Measured, Missing, Run, Sample } from "./types.js" */

const GIB = 2 ** 30;

/**
 * Measures programs that send their standard input to a sink: from a pipe, or from a file held in memory.
 *
 * @param {Run} run whose cases are `pipe` and `file`
 * @returns {Promise<Measured>}
 */
export async function measureTransfers(run) {
  const { cores, note } = chooseCores(run.options);
  const { bytes } = run.options;
  const input = makeInput(
    bytes,
    run.cases.some((at) => at.name === "file"),
  );
  /** @type {Missing[]} */
  const missing = [];
  const entries = run.cases.flatMap((at) =>
    run.peers.flatMap((peer) => {
      try {
        const command = commandOf(peer, run.options);
        const take = () => transfer({ command, isPiped: at.name === "pipe", input, bytes, cores });
        return [{ case: at.name, peer: peer.name, take, samples: [], failure: undefined }];
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        if (!missing.some((one) => one.peer === peer.name)) missing.push({ peer: peer.name, reason });
        return [];
      }
    }),
  );
  const { reference } = run.workload;
  try {
    await sampleAll(entries, { reference, rounds: run.rounds, maxSeconds: run.options.maxSeconds, log: run.log });
  } finally {
    input.remove();
  }
  return {
    rows: summarizeAll(entries, reference),
    missing: [...missing, ...failuresOf(entries)],
    method:
      `transfers of ${(bytes / GIB).toFixed(1)} GiB in shuffled order, timed at the sink from the first byte on, kept when other ` +
      `work kept the sender waiting under ${CLEAN_WAIT * 100} % of the time, against the reference transfer nearest in time; CPU of ` +
      `sender and sink, start included; ${note.replace("server", "sender").replace("client", "sink and source")}`,
  };
}

/**
 * @typedef {{ fifo: string, file: string, remove: () => void }} Input
 */

/**
 * A named pipe, for a pipe that Node makes for a child is a socket, and a file where no disk is waited for.
 *
 * @param {number} bytes
 * @param {boolean} isFileWanted
 * @returns {Input}
 */
function makeInput(bytes, isFileWanted) {
  mkdirSync(BUILD, { recursive: true });
  const fifo = join(BUILD, `input-${process.pid}.fifo`);
  if (spawnSync("mkfifo", [fifo]).status !== 0) throw new Unavailable("mkfifo makes no named pipe here");
  const file = join(hasRoom(bytes) ? "/dev/shm" : BUILD, `belfry-bench-${process.pid}`);
  if (isFileWanted) {
    const output = openSync(file, "w");
    spawnSync(buildTool("source"), [String(bytes)], { stdio: ["ignore", output, "ignore"] });
    closeSync(output);
  }
  const remove = () => {
    rmSync(fifo, { force: true });
    rmSync(file, { force: true });
  };
  process.once("exit", remove);
  return { fifo, file, remove };
}

/** Whether memory takes it with as much again to spare. @param {number} bytes */
function hasRoom(bytes) {
  try {
    const { bavail, bsize } = statfsSync("/dev/shm");
    const available = Number(/MemAvailable:\s+(\d+)/.exec(readFileSync("/proc/meminfo", "utf8"))?.[1]) * 1024;
    return bavail * bsize > bytes && available > bytes * 2;
  } catch {
    return false;
  }
}

/**
 * @param {{ command: readonly string[], isPiped: boolean, input: Input, bytes: number, cores: Cores | undefined }} what
 * @returns {Promise<Sample>}
 */
async function transfer({ command, isPiped, input, bytes, cores }) {
  const sink = await startServer([buildTool("sink")], cores?.client, "pipe");
  const sinkReport = collect(sink.child);
  const usedBefore = cores === undefined ? undefined : readCoreUse(cores.server);
  const [stdin, source] = isPiped ? openPipe(input.fifo, bytes, cores?.client) : [openSync(input.file, "r"), undefined];
  try {
    const atPort = command.map((word) => word.replaceAll("{port}", String(sink.port)));
    const sender = launch([buildTool("account"), ...atPort], cores?.server, [stdin, "pipe", "ignore"]);
    const [sent, received] = [parseReport(await collect(sender)), parseReport(await sinkReport)];
    if (sent.status !== 0) throw new Error(`it ended with ${sent.status}`);
    if (received.bytes !== bytes) throw new Error(`${received.bytes} of ${bytes} bytes arrived`);
    // The threads of one program wait for each other too, and that is its own affair.
    const used = cores === undefined ? undefined : readCoreUse(cores.server) - (usedBefore ?? 0);
    const disturbed = used === undefined ? Number.POSITIVE_INFINITY : Math.max(0, used - (sent.cpu ?? 0));
    return toSample(bytes, { ...sent, wait: Math.min(sent.wait ?? 0, disturbed) }, received);
  } finally {
    closeSync(stdin);
    source?.kill("SIGKILL");
    await sink.stop();
  }
}

/**
 * @param {string} fifo
 * @param {number} bytes
 * @param {number | undefined} core
 * @returns {[number, ChildProcess]}
 */
function openPipe(fifo, bytes, core) {
  // Opening either end alone would wait for the other.
  const both = openSync(fifo, "r+");
  const output = openSync(fifo, "w");
  const input = openSync(fifo, "r");
  closeSync(both);
  const source = launch([buildTool("source"), String(bytes)], core, ["ignore", output, "ignore"]);
  closeSync(output);
  return [input, source];
}

/** @param {ChildProcess} child @returns {Promise<string>} what it writes, once it has ended */
function collect(child) {
  let text = "";
  child.stdout?.setEncoding("utf8").on("data", (chunk) => (text += chunk));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", () => resolve(text));
  });
}

/**
 * @param {number} bytes
 * @param {Record<string, number>} sent
 * @param {Record<string, number>} received
 * @returns {Sample}
 */
function toSample(bytes, sent, received) {
  const gib = bytes / GIB;
  const { cpu = 0, wait = 0, seconds: ran = 1 } = sent;
  const { cpu: sinkCpu = 0, seconds = 1 } = received;
  return {
    at: Date.now() / 1000,
    rate: gib / seconds,
    cpu: ((cpu + sinkCpu) / gib) * 1e6,
    wait: wait / ran,
    figures: { senderUse: cpu / ran, sinkUse: sinkCpu / seconds },
  };
}
