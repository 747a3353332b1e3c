/**
 * Makes a formatter of the wall clock in one time zone.
 *
 * It asks the runtime's zone database for every second it shows, so a change to or from summer time is right to the
 * second. That takes a microsecond and is done once a second for all clients of a zone, so nothing is cached.
 *
 * @param timeZone an IANA name such as `"Asia/Tokyo"`, in any case. Default: the process's zone.
 * @returns a function from whole seconds since the epoch to `"HH:MM:SS"`, 00 to 23 hours.
 * @throws {RangeError} when the zone is unknown, naming it.
 */
export function timeOfDay(timeZone?: string): (second: number) => string {
  const format = createFormat(timeZone);
  return (second) => format.format(second * 1000);
}

function createFormat(timeZone: string | undefined): Intl.DateTimeFormat {
  try {
    // The locale only decides on colons between two-digit fields.
    return new Intl.DateTimeFormat("en-GB", {
      timeZone,
      hourCycle: "h23",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
    });
  } catch (error) {
    throw new RangeError(`Cannot use time zone "${timeZone}": unknown`, { cause: error });
  }
}
