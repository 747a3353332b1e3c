import { distance } from "fastest-levenshtein";

/** The word among `known` that was probably meant: one that is a few letters away; `null` when none is. */
export function nearWord(word: string, known: readonly string[]): string | null {
  if (word.length > 64) return null;
  const ranked = known.map((each) => ({ each, steps: distance(word.toLowerCase(), each.toLowerCase()) }));
  const [best] = ranked.sort((a, b) => a.steps - b.steps);
  if (best === undefined) return null;
  // A third of the letters, and two at least: "tz" is no typing error of "timeZone".
  return best.steps <= Math.max(2, Math.floor(word.length / 3)) && best.steps < word.length ? best.each : null;
}
