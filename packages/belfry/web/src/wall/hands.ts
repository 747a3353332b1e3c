/** A time of day. */
export interface TimeOfDay {
  readonly hours: number;
  readonly minutes: number;
  readonly seconds: number;
}

/** Degrees clockwise from twelve. */
export interface HandAngles {
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

/** Reads `HH:MM:SS`, as clocks tell it. @returns `null` for anything else. */
export function parseTime(text: string | null): TimeOfDay | null {
  const [, hours, minutes, seconds] = /^(\d\d):(\d\d):(\d\d)$/.exec(text ?? "") ?? [];
  const time = { hours: Number(hours), minutes: Number(minutes), seconds: Number(seconds) };
  // A leap second is told as 60.
  return time.hours < 24 && time.minutes < 60 && time.seconds <= 60 ? time : null;
}

/** Where the hands stand. The minute hand creeps, as one driven by the same wheel does. */
export function handAngles({ hours, minutes, seconds }: TimeOfDay): HandAngles {
  const minute = minutes + seconds / 60;
  return { hour: ((hours % 12) + minute / 60) * 30, minute: minute * 6, second: seconds * 6 };
}

/** The angle nearest to `from` that points as `to` does, so that a hand never swings back through the whole dial. */
export function turnTo(from: number, to: number): number {
  const difference = (((to - from) % 360) + 540) % 360;
  return from + difference - 180;
}
