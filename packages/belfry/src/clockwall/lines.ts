import type { WallFace } from "@belfry/clock";

/** A face as one line of JSON: its fields, `since` in ISO 8601, and a newline. */
export function jsonLine(face: WallFace): string {
  return `${JSON.stringify({ ...face, since: new Date(face.since).toISOString() })}\n`;
}

/** A face that tells a time as `NAME HH:MM:SS` and a newline. */
export function timeLine({ name, time }: WallFace): string {
  return `${name} ${time ?? ""}\n`;
}

/** Why a face tells no time, as one line without its newline: `Tokyo lost: connection refused`. */
export function troubleLine({ name, state, error }: WallFace): string {
  return error === null ? `${name} ${state}` : `${name} ${state}: ${error}`;
}
