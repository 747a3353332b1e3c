/** @import { Ratio, Row, Sample } from "./types.js" */

/** The most of its time a clean sample may have waited for a core. */
export const CLEAN_WAIT = 0.06;

/** Fewer clean samples than this say too little. */
const FEWEST_CLEAN = 3;

/**
 * The value below which the share `q` of the values lies, interpolated.
 *
 * @param {readonly number[]} values
 * @param {number} q 0 to 1
 * @returns {number} NaN of no values
 */
export function quantile(values, q) {
  const sorted = [...values].sort((a, b) => a - b);
  const place = (sorted.length - 1) * q;
  const below = sorted[Math.floor(place)] ?? Number.NaN;
  const above = sorted[Math.ceil(place)] ?? Number.NaN;
  return below + (above - below) * (place - Math.floor(place));
}

/** @param {readonly number[]} values */
export function median(values) {
  return quantile(values, 0.5);
}

/**
 * Whether other work on the machine left this sample alone.
 *
 * @param {Sample} sample
 */
export function isClean(sample) {
  return sample.wait < CLEAN_WAIT;
}

/**
 * The clean samples; of a row that has too few, the least disturbed.
 *
 * @param {readonly Sample[]} samples
 * @param {number} fewest clean samples that do
 * @returns {{ chosen: readonly Sample[], isNoisy: boolean }}
 */
export function choose(samples, fewest = FEWEST_CLEAN) {
  const clean = samples.filter(isClean);
  if (clean.length >= fewest) return { chosen: clean, isNoisy: false };
  const calmest = [...samples].sort((a, b) => a.wait - b.wait).slice(0, fewest);
  return { chosen: calmest, isNoisy: true };
}

/**
 * The sample taken nearest in time to `at`.
 *
 * @param {readonly Sample[]} samples
 * @param {number} at
 * @returns {Sample | undefined}
 */
export function nearest(samples, at) {
  /** @type {Sample | undefined} */
  let best;
  for (const sample of samples) {
    if (best === undefined || Math.abs(sample.at - at) < Math.abs(best.at - at)) best = sample;
  }
  return best;
}

/**
 * Each sample's figure over that of the reference sample nearest in time: what drifts on the machine drifts in both.
 *
 * @param {readonly Sample[]} samples
 * @param {readonly Sample[]} reference
 * @param {(sample: Sample) => number} figure
 * @returns {Ratio | undefined} undefined when there is nothing to compare
 */
export function ratioTo(samples, reference, figure) {
  const ratios = samples.flatMap((sample) => {
    const beside = nearest(reference, sample.at);
    const ratio = beside === undefined ? Number.NaN : figure(sample) / figure(beside);
    return Number.isFinite(ratio) ? [ratio] : [];
  });
  if (ratios.length === 0) return undefined;
  return { median: median(ratios), low: quantile(ratios, 0.25), high: quantile(ratios, 0.75) };
}

/**
 * The row of one peer at one case.
 *
 * @param {{ case: string, peer: string }} of
 * @param {readonly Sample[]} samples
 * @param {readonly Sample[]} reference the reference peer's samples at that case
 * @param {number} [fewest] clean samples that do
 * @returns {Row | undefined} undefined without samples
 */
export function summarize(of, samples, reference, fewest) {
  const { chosen, isNoisy } = choose(samples, fewest);
  const [first] = chosen;
  if (first === undefined) return undefined;
  const beside = choose(reference, fewest);
  const rate = ratioTo(chosen, beside.chosen, (sample) => sample.rate);
  const cpu = ratioTo(chosen, beside.chosen, (sample) => sample.cpu);
  const figures = {
    rate: median(chosen.map((sample) => sample.rate)),
    cpu: median(chosen.map((sample) => sample.cpu)),
    ...Object.fromEntries(
      Object.keys(first.figures).map((name) => [
        name,
        median(chosen.map(({ figures }) => figures[name] ?? Number.NaN)),
      ]),
    ),
  };
  return {
    case: of.case,
    peer: of.peer,
    samples: chosen.length,
    taken: samples.length,
    isNoisy: isNoisy || beside.isNoisy,
    figures: Object.fromEntries(Object.entries(figures).filter(([, value]) => Number.isFinite(value))),
    ratios: { ...(rate && { rate }), ...(cpu && { cpu }) },
  };
}
