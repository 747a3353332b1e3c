import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { BENCH, BUILD } from "./paths.mjs";
import { Unavailable } from "./unavailable.mjs";

const C_FLAGS = ["-O2", "-Wall", "-Wextra"];

/**
 * The compiled `peers/c/NAME.c`.
 *
 * @param {string} name
 * @throws {Unavailable} with the compiler's first line, or that it is missing
 */
export function buildC(name) {
  const source = join(BENCH, "peers", "c", `${name}.c`);
  return build(`c-${name}`, dirname(source), ["gcc", ...C_FLAGS, source], BENCH);
}

/**
 * The compiled `load/NAME.c`.
 *
 * @param {string} name
 * @param {readonly string[]} [parts] further sources it consists of
 */
export function buildLoad(name, parts = []) {
  const folder = join(BENCH, "load");
  const sources = [name, ...parts, "load"].map((source) => join(folder, `${source}.c`));
  return build(`load-${name}`, folder, ["gcc", ...C_FLAGS, ...sources], BENCH);
}

/**
 * The compiled `load/NAME.c` that stands alone.
 *
 * @param {string} name
 */
export function buildTool(name) {
  const folder = join(BENCH, "load");
  return build(`tool-${name}`, folder, ["gcc", ...C_FLAGS, join(folder, `${name}.c`)], BENCH);
}

/**
 * The compiled `peers/go/NAME`.
 *
 * @param {string} name
 */
export function buildGo(name) {
  const folder = join(BENCH, "peers", "go");
  return build(`go-${name}`, join(folder, name), ["go", "build", `./${name}`], folder);
}

/**
 * Compiles unless what is there is newer than every source beside it.
 *
 * @param {string} name
 * @param {string} sources the folder that makes it stale
 * @param {readonly string[]} command without the output
 * @param {string} cwd
 */
function build(name, sources, command, cwd) {
  const output = join(BUILD, name);
  if (existsSync(output) && statSync(output).mtimeMs > newest(sources)) return output;
  mkdirSync(BUILD, { recursive: true });
  const [program = "", ...args] = command;
  // Go wants its flags before the package, gcc does not mind.
  const at = program === "go" ? 1 : args.length;
  const { status, stderr, error } = spawnSync(program, [...args.slice(0, at), "-o", output, ...args.slice(at)], {
    cwd,
    encoding: "utf8",
  });
  if (error !== undefined) throw new Unavailable(`${program} is missing (run bench/setup)`);
  if (status !== 0) throw new Unavailable(`${program} could not build ${name}: ${stderr.trim().split("\n")[0]}`);
  return output;
}

/** @param {string} folder */
function newest(folder) {
  return Math.max(...readdirSync(folder).map((file) => statSync(join(folder, file)).mtimeMs));
}
