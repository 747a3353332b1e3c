import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Beat, Pulse } from "../../src/debug/pulse.js";
import { measure } from "../../src/debug/sample.js";
import type { HostStatus, HostView } from "../../src/inspect/host-view.js";
import { hostStatus, serviceStatus, workerStatus } from "./host-status.js";

const AT = 1_700_000_000_000;

/** A host that serves `read` bytes more each time it is asked. */
function growing(): { view: HostView; looks: () => number; answer: (next: () => Promise<HostStatus>) => void } {
  let looks = 0;
  let answer = (): Promise<HostStatus> => {
    const counters = { ...serviceStatus().counters, read_bytes_total: looks * 1000 };
    return Promise.resolve(hostStatus({ services: [serviceStatus({ counters })] }));
  };
  const status = (): Promise<HostStatus> => {
    looks += 1;
    return answer();
  };
  return { view: { status } as HostView, looks: () => looks, answer: (next) => (answer = next) };
}

describe("Pulse", () => {
  it("keeps a sample each two seconds of the last hour, oldest first", async () => {
    const { view, looks } = growing();
    let now = AT;
    const pulse = new Pulse(view, () => now);
    try {
      for (let second = 0; second < 3700; second += 1) {
        await pulse.beat();
        now += 1000;
      }
      const { interval, samples } = pulse.history;
      assert.deepEqual([interval, samples.length, looks()], [2000, 1800, 1850]);
      const [first, last] = [samples[0], samples.at(-1)];
      assert.equal(last?.at, AT + 3_698_000);
      assert.equal(first?.at, AT + 100_000);
      assert.ok(samples.every(({ bytesRead }) => bytesRead === 500));
    } finally {
      pulse.close();
    }
  });

  it("looks each second while somebody listens, with rates over that second", async () => {
    const { view, looks } = growing();
    let now = AT;
    const pulse = new Pulse(view, () => now);
    try {
      await pulse.beat();
      const beats: Beat[] = [];
      const stop = pulse.listen((beat) => beats.push(beat));
      for (let second = 0; second < 4; second += 1) {
        now += 1000;
        await pulse.beat();
      }
      stop();
      assert.deepEqual(
        beats.map(({ sample }) => sample.bytesRead),
        [1000, 1000, 1000, 1000],
      );
      assert.equal(pulse.history.samples.length, 3);
      const before = looks();
      now += 1000;
      await pulse.beat();
      assert.equal(looks(), before);
    } finally {
      pulse.close();
    }
  });

  it("leaves a gap for a host that fails, and does not ask again one that has not answered", async () => {
    const { view, looks, answer } = growing();
    let now = AT;
    const pulse = new Pulse(view, () => now);
    try {
      await pulse.beat();
      answer(() => Promise.reject(new Error("mid-drain")));
      now += 2000;
      await pulse.beat();
      let release = (_status: HostStatus): void => {};
      answer(() => new Promise((resolve) => (release = resolve)));
      now += 2000;
      const stuck = pulse.beat();
      const before = looks();
      now += 2000;
      await pulse.beat();
      assert.equal(looks(), before);
      release(hostStatus());
      await stuck;
      assert.deepEqual(
        pulse.history.samples.map(({ at }) => at - AT),
        [0, 6000],
      );
    } finally {
      pulse.close();
    }
  });
});

describe("measure()", () => {
  it("adds up services and processes, and takes the worst event loop", () => {
    const sample = measure(null, { at: AT, status: hostStatus({ services: [serviceStatus(), serviceStatus()] }) });
    assert.deepEqual(sample, {
      at: AT,
      connections: 14,
      waiting: 4,
      accepted: 0,
      refused: 0,
      bytesRead: 0,
      bytesWritten: 0,
      loopDelayP99: 0.008,
      rss: 200,
      heapUsed: 80,
      cpu: 0,
      tasks: 60,
    });
  });

  it("has rates that never fall below 0, and counts the CPU of new workers and not of old ones", () => {
    const used = (seconds: number): { user: number; system: number } => ({ user: seconds, system: 0 });
    const before = hostStatus({
      workers: [workerStatus(1, { cpuSeconds: used(10) }), workerStatus(2, { cpuSeconds: used(50) })],
    });
    const counters = { ...serviceStatus().counters, read_bytes_total: 0, written_bytes_total: 4000 };
    const after = hostStatus({
      services: [serviceStatus({ counters })],
      workers: [workerStatus(1, { cpuSeconds: used(11) }), workerStatus(3, { cpuSeconds: used(0.5) })],
    });
    const sample = measure({ at: AT, status: before }, { at: AT + 2000, status: after });
    assert.deepEqual([sample.bytesRead, sample.bytesWritten, sample.cpu], [0, 1000, 0.75]);
  });
});
