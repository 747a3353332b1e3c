import type { Profiler } from "node:inspector";
import { setTimeout as sleep } from "node:timers/promises";
import { openSession } from "./inspector-session.js";
import { ProfileBusyError } from "./profile-busy-error.js";

/** Microseconds between two samples. Half as long costs twice as much: this is about 1 % of a busy core. */
const SAMPLE_INTERVAL = 1000;

/** The longest a profile may take, in milliseconds. */
const MAX_DURATION = 300_000;

let isMeasuring = false;

/**
 * Measures where this process spends its time. One at a time in a process.
 *
 * @param duration milliseconds, more than 0 and at most 5 minutes.
 * @param signal ends it before its time; then rejects with its reason, and what was measured is lost.
 * @throws {ProfileBusyError} while another one is measured.
 * @throws {RangeError} when the duration is none of these.
 */
export async function measureCpu(duration: number, signal?: AbortSignal): Promise<Profiler.Profile> {
  if (!(duration > 0 && duration <= MAX_DURATION)) {
    throw new RangeError(`Cannot measure for ${duration} ms: expected more than 0 and at most ${MAX_DURATION}`);
  }
  signal?.throwIfAborted();
  if (isMeasuring) throw new ProfileBusyError();
  isMeasuring = true;
  const session = openSession();
  try {
    await session.post("Profiler.enable");
    await session.post("Profiler.setSamplingInterval", { interval: SAMPLE_INTERVAL });
    await session.post("Profiler.start");
    await pause(duration, signal);
    const { profile } = await session.post<{ profile: Profiler.Profile }>("Profiler.stop");
    return profile;
  } finally {
    // Ends a profile that is under way, too.
    session.close();
    isMeasuring = false;
  }
}

async function pause(duration: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await sleep(duration, undefined, { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}
