import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Sample } from "../../../src/debug/feed-messages.js";
import { PLOTTED, SampleSeries } from "../../../web/src/dashboard/series.js";

const NONE = {
  waiting: 0,
  accepted: 0,
  refused: 0,
  bytesRead: 0,
  bytesWritten: 0,
  loopDelayP99: 0,
  rss: 0,
  heapUsed: 0,
  cpu: 0,
  tasks: 0,
};

function sample(at: number, connections = 0): Sample {
  return { ...NONE, at, connections };
}

describe("SampleSeries", () => {
  it("keeps one point an interval, the latest of each", () => {
    const series = new SampleSeries();
    series.reset({ interval: 2000, samples: [sample(0, 1)] });
    for (let at = 1000; at <= 6000; at += 1000) series.add(sample(at, at));
    assert.deepEqual(
      series.samples.map(({ at }) => at),
      [1000, 3000, 5000, 6000],
    );
  });

  it("holds no more than an hour, however long it is left open", () => {
    const series = new SampleSeries();
    series.reset({ interval: 2000, samples: [] });
    for (let at = 0; at <= 3 * PLOTTED; at += 1000) series.add(sample(at));
    assert.ok(series.samples.length <= PLOTTED / 2000 + 1, `${series.samples.length} points`);
    assert.ok((series.samples[0]?.at ?? 0) >= 2 * PLOTTED);
  });

  it("begins anew with another history", () => {
    const series = new SampleSeries();
    series.add(sample(5000, 7));
    series.reset({ interval: 1000, samples: [sample(9000, 1), sample(10_000, 3)] });
    assert.deepEqual(
      series.summarize(({ connections }) => connections),
      { now: 3, mean: 2, max: 3 },
    );
  });

  it("says nothing of nothing", () => {
    assert.equal(
      new SampleSeries().summarize(({ connections }) => connections),
      null,
    );
  });
});
