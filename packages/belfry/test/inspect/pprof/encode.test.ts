import assert from "node:assert/strict";
import type { HeapProfiler, Profiler } from "node:inspector";
import { describe, it } from "node:test";
import { gunzipSync } from "node:zlib";
import { Profile } from "pprof-format";
import { encodeCpu } from "../../../src/inspect/pprof/encode-cpu.js";
import { encodeHeap } from "../../../src/inspect/pprof/encode-heap.js";
import { encodeTasks } from "../../../src/inspect/pprof/encode-tasks.js";
import { task } from "../inspected.js";

interface Decoded {
  readonly types: string[];
  readonly period: string;
  readonly defaultType: string;
  /** `leaf:line < caller:line`, the worker, the values. */
  readonly samples: (readonly [stack: string, worker: string, values: number[]])[];
  readonly files: string[];
}

function decode(bytes: Uint8Array): Decoded {
  const profile = Profile.decode(gunzipSync(bytes));
  const text = (index: number | bigint): string => profile.stringTable.strings[Number(index)] ?? "";
  const functions = new Map(profile.function.map((each) => [Number(each.id), each]));
  const frames = new Map(
    profile.location.map(({ id, line }) => {
      const callee = functions.get(Number(line[0]?.functionId));
      return [Number(id), `${text(callee?.name ?? 0)}:${Number(line[0]?.line)}`];
    }),
  );
  return {
    types: profile.sampleType.map(({ type, unit }) => `${text(type)}/${text(unit)}`),
    period: `${Number(profile.period)} ${text(profile.periodType?.unit ?? 0)}`,
    defaultType: text(profile.defaultSampleType),
    samples: profile.sample.map(({ locationId, value, label }) => [
      locationId.map((id) => frames.get(Number(id))).join(" < "),
      label.map(({ key, str }) => `${text(key)}=${text(str)}`).join(),
      value.map(Number),
    ]),
    files: profile.function.map(({ filename }) => text(filename)),
  };
}

function frame(functionName: string, lineNumber: number, url = "file:///app/a%20b.js") {
  return { functionName, scriptId: "1", url, lineNumber, columnNumber: 0 };
}

const cpu: Profiler.Profile = {
  nodes: [
    { id: 1, callFrame: frame("(root)", -1, ""), children: [2, 4, 5] },
    { id: 2, callFrame: frame("main", 9), children: [3] },
    {
      id: 3,
      callFrame: frame("inner", 19),
      positionTicks: [
        { line: 21, ticks: 1 },
        { line: 22, ticks: 1 },
      ],
    },
    { id: 4, callFrame: frame("(idle)", -1, "") },
    { id: 5, callFrame: frame("(garbage collector)", -1, "") },
  ],
  startTime: 0,
  endTime: 5000,
  samples: [2, 3, 3, 4, 5],
  timeDeltas: [100, 1000, 1000, 1000, 900],
};

describe("encodeCpu()", () => {
  it("writes time by stack, lines and worker, without idle time", () => {
    const decoded = decode(
      encodeCpu([
        { worker: 1, pid: 10, profile: cpu },
        { worker: 2, pid: 11, profile: cpu },
      ]),
    );
    assert.deepEqual(decoded.types, ["samples/count", "cpu/nanoseconds"]);
    assert.deepEqual([decoded.period, decoded.defaultType], ["1000000 nanoseconds", "cpu"]);
    assert.deepEqual(decoded.samples.slice(0, 4), [
      ["main:10", "worker=1", [1, 1_000_000]],
      ["inner:21 < main:10", "worker=1", [1, 1_000_000]],
      ["inner:22 < main:10", "worker=1", [1, 1_000_000]],
      ["(garbage collector):0", "worker=1", [1, 0]],
    ]);
    assert.equal(decoded.samples.length, 8);
    assert.deepEqual(decoded.files, ["/app/a b.js", "/app/a b.js", ""]);
  });

  it("writes a profile without samples", () => {
    const profile = { nodes: [], startTime: 0, endTime: 0 };
    assert.deepEqual(decode(encodeCpu([{ worker: 0, pid: 1, profile }])).samples, []);
  });
});

describe("encodeHeap()", () => {
  const interval = 221_760;
  const leaf = { callFrame: frame("hoard", 4), selfSize: 2 * (interval + 32), id: 3, children: [] };
  const main = { callFrame: frame("", 0), selfSize: 0, id: 2, children: [leaf] };
  const profile = {
    head: { callFrame: frame("(root)", -1, ""), selfSize: 0, id: 1, children: [main] },
    samples: [
      { nodeId: 3, size: interval + 32, ordinal: 1 },
      { nodeId: 3, size: interval + 32, ordinal: 2 },
    ],
  } as unknown as HeapProfiler.SamplingHeapProfile;
  const heap = { worker: 1, pid: 10, sampleInterval: interval, since: Date.now() - 5000, profile };

  it("writes bytes, and objects as far as they can be told, by stack", () => {
    const decoded = decode(encodeHeap([heap], "inuse"));
    assert.deepEqual(decoded.types, ["inuse_objects/count", "inuse_space/bytes"]);
    assert.deepEqual([decoded.period, decoded.defaultType], ["221760 bytes", "inuse_space"]);
    const objects = 2 * (interval / 32 + 1);
    assert.deepEqual(decoded.samples, [
      ["hoard:5 < (anonymous a b.js:1):1", "worker=1", [objects, 2 * (interval + 32)]],
    ]);
  });

  it("calls allocations so", () => {
    const decoded = decode(encodeHeap([heap], "alloc"));
    assert.deepEqual(decoded.types, ["alloc_objects/count", "alloc_space/bytes"]);
    assert.equal(decoded.defaultType, "alloc_space");
  });
});

describe("encodeTasks()", () => {
  it("counts tasks alike, by where they wait", () => {
    const decoded = decode(
      encodeTasks([
        task(1, "echo", { group: "servers", worker: 1, waitingFor: "Listener.accept 127.0.0.1:1" }),
        task(2, "echo#1-1", { parent: 1, worker: 1, waitingFor: "Conn.read 127.0.0.1:2" }),
        task(3, "echo#1-2", { parent: 1, worker: 1, waitingFor: "Conn.read 127.0.0.1:3" }),
        task(1, "echo", { group: "servers", worker: 2 }),
      ]),
    );
    assert.deepEqual(decoded.types, ["goroutine/count"]);
    assert.deepEqual(decoded.samples, [
      ["Listener.accept:0 < echo:0 < servers:0", "worker=1", [1]],
      ["Conn.read:0 < echo#*:0 < echo:0 < servers:0", "worker=1", [2]],
      ["(waiting):0 < echo:0 < servers:0", "worker=2", [1]],
    ]);
  });
});
