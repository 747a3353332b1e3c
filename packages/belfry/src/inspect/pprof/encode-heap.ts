import type { HeapProfiler } from "node:inspector";
import { describeMissing } from "../describe-missing.js";
import type { HeapProfile } from "../host-view.js";
import { toFrame } from "./call-frame.js";
import { type Measure, ProfileBuilder } from "./profile-builder.js";

const MEASURES: Readonly<Record<"inuse" | "alloc", readonly Measure[]>> = {
  inuse: [
    ["inuse_objects", "count"],
    ["inuse_space", "bytes"],
  ],
  alloc: [
    ["alloc_objects", "count"],
    ["alloc_space", "bytes"],
  ],
};

/** No object is smaller: two words. */
const SMALLEST = 16;

/**
 * Writes heap profiles as one, in pprof's format, compressed. Each sample has the worker it is of as its label `worker`.
 * Objects are an estimate: good for small ones, and within an order of magnitude for large ones.
 *
 * @param missing numbers of workers of which there is none, told in a comment.
 */
export function encodeHeap(
  profiles: readonly HeapProfile[],
  kind: "inuse" | "alloc",
  missing?: readonly number[],
): Uint8Array {
  const builder = new ProfileBuilder();
  for (const profile of profiles) addProfile(builder, profile);
  const since = Math.min(Date.now(), ...profiles.map((profile) => profile.since));
  const now = Date.now();
  return builder.encode({
    measures: MEASURES[kind],
    periodType: ["space", "bytes"],
    period: profiles[0]?.sampleInterval ?? 0,
    defaultMeasure: `${kind}_space`,
    at: now,
    duration: kind === "alloc" ? now - since : 0,
    comment: describeMissing(missing),
  });
}

/** What V8 gives and the types of Node 20 do not know of. */
interface SampledNode extends HeapProfiler.SamplingHeapProfileNode {
  readonly id: number;
  readonly children: SampledNode[];
}
interface SampledProfile extends HeapProfiler.SamplingHeapProfile {
  readonly head: SampledNode;
  readonly samples: readonly { readonly nodeId: number; readonly size: number }[];
}

interface Visit {
  readonly node: SampledNode;
  readonly callers: readonly number[];
}

function addProfile(builder: ProfileBuilder, heap: HeapProfile): void {
  const { worker, sampleInterval } = heap;
  const profile = heap.profile as SampledProfile;
  const objects = countObjects(profile, sampleInterval);
  // The root is no function. By a list, for a stack may be deeper than ours.
  const visits: Visit[] = profile.head.children.map((node) => ({ node, callers: [] }));
  for (let visit = visits.pop(); visit !== undefined; visit = visits.pop()) {
    const { node, callers } = visit;
    const stack = [builder.locate(toFrame(node.callFrame)), ...callers];
    if (node.selfSize > 0) builder.add(stack, [objects.get(node.id) ?? 0, node.selfSize], worker);
    for (const child of node.children) visits.push({ node: child, callers: stack });
  }
}

/**
 * V8 gives for each sample the bytes it stands for: whole objects, as many as first exceed the interval. By how much
 * they do is the size of one, where that divides the interval, and less where it does not.
 */
function countObjects({ samples }: SampledProfile, interval: number): Map<number, number> {
  const counts = new Map<number, number>();
  for (const { nodeId, size } of samples) {
    const each = size >= 2 * interval ? size : Math.max(SMALLEST, size - interval);
    counts.set(nodeId, (counts.get(nodeId) ?? 0) + size / each);
  }
  return counts;
}
