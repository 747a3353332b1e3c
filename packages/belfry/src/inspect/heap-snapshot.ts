import { randomUUID } from "node:crypto";
import { createWriteStream, rmSync } from "node:fs";
import { open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { getHeapSnapshot } from "node:v8";

/** What may lie there still. Everything this process knows is in it: nobody is to find it who has not asked for it. */
const left = new Set<string>();
process.on("exit", () => left.forEach(remove));

/** How long a snapshot lies there for whoever has asked for it, in milliseconds. */
const TIME_TO_TAKE = 30_000;

/**
 * Writes a snapshot of this process's heap to a new file of mode 0600 in the system's temporary directory. The process
 * stands still while the snapshot is taken, and needs about as much memory again.
 *
 * @returns the path, to be taken with {@link readHeapSnapshot}. A file that is not is removed after 30 s, and when this process ends.
 */
export async function writeHeapSnapshot(): Promise<string> {
  const path = join(tmpdir(), `belfry-${process.pid}-${randomUUID()}.heapsnapshot`);
  const file = createWriteStream(path, { flags: "wx", mode: 0o600 });
  try {
    left.add(path);
    await pipeline(getHeapSnapshot(), file);
    setTimeout(() => remove(path), TIME_TO_TAKE).unref();
    return path;
  } catch (error) {
    remove(path);
    throw error;
  }
}

function remove(path: string): void {
  left.delete(path);
  rmSync(path, { force: true });
}

/** Opens a file that was written so and takes its name away, so that it is gone when what is returned is read or left. */
export async function readHeapSnapshot(path: string): Promise<AsyncIterable<Uint8Array>> {
  const file = await open(path);
  await rm(path, { force: true });
  return file.createReadStream();
}
