import { readFileSync } from "node:fs";
import type { DiskStorageOptions } from "../disk-storage-options.js";
import { createMakeInfo, type MakeInfo } from "./file-info.js";
import type { Lookups } from "./lookups.js";
import { Touches } from "./touches.js";

/** The options of a disk storage with their defaults, and what follows from them. */
export interface DiskSettings {
  readonly lookups: Lookups;
  readonly touches: Touches;
  readonly makeInfo: MakeInfo;
  readonly isAtomic: boolean;
  readonly isReadOnly: boolean;
  readonly fsync: boolean;
  /** Bits that new files and directories are asked for; the umask of the process takes its own away. */
  readonly fileMode: number;
  readonly directoryMode: number;
  /** Whether they are to have these bits whatever the process has for a umask. */
  readonly isExact: boolean;
  /** The umask of the process; `null` where it is not known. */
  readonly processMask: number | null;
}

/** @throws {RangeError} for a umask that is none. */
export function createDiskSettings(options: DiskStorageOptions, lookups: Lookups): DiskSettings {
  const mask = options.umask ?? null;
  if (mask !== null && !(Number.isInteger(mask) && mask >= 0 && mask <= 0o777)) {
    throw new RangeError(`Cannot use umask ${mask}: not 0 to 0o777`);
  }
  return {
    lookups,
    touches: new Touches(lookups.isLocal),
    makeInfo: createMakeInfo(options.owners ?? "numeric"),
    isAtomic: options.atomicUploads ?? true,
    isReadOnly: options.readOnly ?? false,
    fsync: options.fsync ?? false,
    fileMode: 0o666 & ~(mask ?? 0),
    directoryMode: 0o777 & ~(mask ?? 0),
    isExact: mask !== null,
    processMask: readProcessMask(),
  };
}

/** Whether what was made with these bits may lack some of them. */
export function lacksBits(mode: number, { processMask }: DiskSettings): boolean {
  return processMask === null || (mode & processMask) !== 0;
}

/** The umask of the process; `null` where that is not told. `process.umask()` sets it to know it, which other threads see. */
function readProcessMask(): number | null {
  try {
    // proc_pid_status(5)
    const [, octal] = /^Umask:\s*([0-7]+)$/m.exec(readFileSync("/proc/self/status", "latin1")) ?? [];
    return octal === undefined ? null : Number.parseInt(octal, 8);
  } catch {
    return null;
  }
}
