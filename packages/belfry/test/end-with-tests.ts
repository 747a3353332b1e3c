import { type ChildProcess, spawn } from "node:child_process";
import type { Socket } from "node:net";

/**
 * Reads `+PID` and `-PID`, and when nobody is left to write, kills the groups of those that have not been taken off. A test
 * that is killed for its time can no longer do that, and its hosts may be spinning.
 */
const SCRIPT = `trap '' INT TERM HUP
pids=' '
while read -r line; do
  pid=\${line#?}
  case $line in
    +*) pids="$pids$pid ";;
    -*) pids="\${pids%% $pid *} \${pids#* $pid }";;
  esac
done
for pid in $pids; do kill -s KILL -- "-$pid" 2>/dev/null; done`;

/** Whether processes that are started `detached` lead a group here. */
export const HAS_GROUPS = process.platform !== "win32";

// Started at once: a test that looks for leaks finds it there before and after.
const watchdog = HAS_GROUPS ? start() : null;

function start(): Socket {
  const child = spawn("sh", ["-c", SCRIPT], { stdio: ["pipe", "ignore", "ignore"], detached: true });
  child.unref();
  const input = child.stdin as unknown as Socket;
  input.unref();
  input.on("error", () => {});
  return input;
}

/** Ends a process that was started `detached`, with all it has started, when this one does, however that comes. */
export function endWithTests(child: ChildProcess): void {
  if (watchdog === null || child.pid === undefined) return;
  const { pid } = child;
  watchdog.write(`+${pid}\n`);
  child.once("exit", () => {
    // What it has left behind ends with the tests, too.
    if (!hasMembers(pid)) watchdog.write(`-${pid}\n`);
  });
}

function hasMembers(group: number): boolean {
  try {
    return process.kill(-group, 0);
  } catch {
    return false;
  }
}
