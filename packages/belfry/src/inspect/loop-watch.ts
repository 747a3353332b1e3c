import { type IntervalHistogram, monitorEventLoopDelay, performance } from "node:perf_hooks";
import type { LoopDelay } from "./host-view.js";

/** Milliseconds between two looks at the loop; how late each comes is what is measured. */
const RESOLUTION = 20;

/** Milliseconds of a sample. */
const WINDOW = 1000;

const NANOSECOND = 1e-9;
const MILLISECOND = 1e-3;

/** How busy the event loop is, and how late. */
export interface LoopSample {
  /** Seconds, over the last whole second. */
  readonly delay: LoopDelay;
  /** Share of the last whole second, 0 to 1. */
  readonly utilization: number;
}

/** Watches the event loop of this process. */
export interface LoopWatch {
  /** The last sample; whoever asks, and however often, gets the same. */
  readonly sample: LoopSample;
  stop(): void;
}

/** Starts to watch. It keeps no process alive and costs some 50 short wake-ups a second. */
export function watchLoop(): LoopWatch {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION });
  histogram.enable();
  let before = performance.eventLoopUtilization();
  let sample: LoopSample = { delay: { mean: 0, p50: 0, p99: 0, max: 0 }, utilization: 0 };
  const timer = setInterval(() => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, before);
    before = now;
    sample = { delay: readDelay(histogram), utilization };
    histogram.reset();
  }, WINDOW);
  timer.unref();
  return {
    get sample() {
      return sample;
    },
    stop: () => {
      clearInterval(timer);
      histogram.disable();
    },
  };
}

/** The histogram has the time between two looks; what is above the resolution is delay. */
function readDelay(histogram: IntervalHistogram): LoopDelay {
  const seconds = (nanoseconds: number): number =>
    Number.isFinite(nanoseconds) ? Math.max(0, nanoseconds * NANOSECOND - RESOLUTION * MILLISECOND) : 0;
  return {
    mean: seconds(histogram.mean),
    p50: seconds(histogram.percentile(50)),
    p99: seconds(histogram.percentile(99)),
    // Empty, it is the smallest number there is.
    max: histogram.max > 0 ? seconds(histogram.max) : 0,
  };
}
