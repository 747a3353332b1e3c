import type { Profiler } from "node:inspector";
import { describeMissing } from "../describe-missing.js";
import type { CpuProfile } from "../host-view.js";
import { toFrame } from "./call-frame.js";
import { ProfileBuilder } from "./profile-builder.js";

const NANOSECONDS = 1000;

/** V8's names for time that no program has taken. */
const IDLE = "(idle)";

/** Time spent in one frame of the call tree itself. */
interface Spent {
  samples: number;
  microseconds: number;
}

/**
 * Writes CPU profiles as one, in pprof's format, compressed. Each sample has the worker it is of as its label `worker`.
 * Time in which a process had nothing to do is left out.
 *
 * @param profiles at least one.
 * @param missing numbers of workers of which there is none, told in a comment.
 */
export function encodeCpu(profiles: readonly CpuProfile[], missing?: readonly number[]): Uint8Array {
  const builder = new ProfileBuilder();
  for (const { worker, profile } of profiles) addProfile(builder, profile, worker);
  const durations = profiles.map(({ profile }) => (profile.endTime - profile.startTime) / 1000);
  const duration = Math.max(0, ...durations);
  return builder.encode({
    measures: [
      ["samples", "count"],
      ["cpu", "nanoseconds"],
    ],
    periodType: ["cpu", "nanoseconds"],
    period: meanInterval(profiles) * NANOSECONDS,
    defaultMeasure: "cpu",
    at: Date.now() - duration,
    duration,
    comment: describeMissing(missing),
  });
}

function addProfile(builder: ProfileBuilder, profile: Profiler.Profile, worker: number): void {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const parents = new Map<number, number>();
  for (const node of profile.nodes) for (const child of node.children ?? []) parents.set(child, node.id);
  for (const [id, spent] of sumUp(profile)) {
    const node = nodes.get(id);
    if (node === undefined || node.callFrame.functionName === IDLE) continue;
    const callers: number[] = [];
    // The root is no function.
    for (let at = parents.get(id); at !== undefined && parents.has(at); at = parents.get(at)) {
      callers.push(builder.locate(toFrame((nodes.get(at) as Profiler.ProfileNode).callFrame)));
    }
    for (const { line, share } of shares(node)) {
      const values = [spent.samples * share, spent.microseconds * share * NANOSECONDS];
      builder.add([builder.locate(toFrame(node.callFrame, line)), ...callers], values, worker);
    }
  }
}

/** A sample stands for the time to the next one. */
function sumUp({ samples = [], timeDeltas = [] }: Profiler.Profile): Map<number, Spent> {
  const sums = new Map<number, Spent>();
  for (const [index, id] of samples.entries()) {
    const microseconds = timeDeltas[index + 1] ?? 0;
    const spent = sums.get(id);
    if (spent === undefined) sums.set(id, { samples: 1, microseconds: Math.max(0, microseconds) });
    else {
      spent.samples += 1;
      spent.microseconds += Math.max(0, microseconds);
    }
  }
  return sums;
}

/** How a frame's time is spread over its lines; V8 counts ticks for each. */
function shares({ positionTicks = [] }: Profiler.ProfileNode): { line: number | undefined; share: number }[] {
  const total = positionTicks.reduce((sum, { ticks }) => sum + ticks, 0);
  if (total === 0) return [{ line: undefined, share: 1 }];
  return positionTicks.map(({ line, ticks }) => ({ line, share: ticks / total }));
}

/** Microseconds between two samples. */
function meanInterval(profiles: readonly CpuProfile[]): number {
  const samples = profiles.reduce((sum, { profile }) => sum + (profile.samples?.length ?? 0), 0);
  const time = profiles.reduce((sum, { profile }) => sum + profile.endTime - profile.startTime, 0);
  return samples === 0 ? 0 : time / samples;
}
