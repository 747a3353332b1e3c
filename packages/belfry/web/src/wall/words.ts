import type { WebFace } from "../../../src/clockwall/feed-messages.js";

const THIN_SPACE = "\u2009";
const MINUS = "\u2212";

/** What is said of a clock below its time. */
export function stateText({ state, since, error, drift }: WebFace, now: number): string {
  if (state === "ticking") return drift === null ? "ticking" : `ticking · ${formatDrift(drift)}`;
  const reason = error === null ? "" : ` · ${error}`;
  if (state === "connecting") return "connecting";
  // The reason of a silence is the silence.
  return state === "stalled" ? `silent for ${span(now - since)}` : `lost for ${span(now - since)}${reason}`;
}

/** How many clocks tick. */
export function countText(faces: readonly WebFace[]): string {
  if (faces.length === 0) return "There is no clock to show";
  return `${faces.filter(({ state }) => state === "ticking").length} of ${faces.length} ticking`;
}

/** How far the clocks that tick are apart; empty while that is not known, or there are less than two. */
export function apartText(faces: readonly WebFace[]): string {
  const drifts = faces.flatMap(({ state, drift }) => (state === "ticking" && drift !== null ? [drift] : []));
  return drifts.length < 2 ? "" : ` · ${formatMilliseconds(Math.max(...drifts) - Math.min(...drifts))} apart`;
}

/** With its sign: `+12 ms`. */
export function formatDrift(drift: number): string {
  const rounded = Math.round(drift);
  return `${rounded < 0 ? MINUS : "+"}${formatMilliseconds(Math.abs(rounded))}`;
}

function formatMilliseconds(value: number): string {
  return value < 10_000 ? `${Math.round(value)}${THIN_SPACE}ms` : `${Math.round(value / 1000)}${THIN_SPACE}s`;
}

function span(milliseconds: number): string {
  const seconds = Math.max(Math.floor(milliseconds / 1000), 0);
  if (seconds < 60) return `${seconds}${THIN_SPACE}s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes}${THIN_SPACE}min` : `${Math.floor(minutes / 60)}${THIN_SPACE}h`;
}
