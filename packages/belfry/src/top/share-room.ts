/** Something of each of the three tables. */
export interface Shares {
  readonly services: number;
  readonly workers: number;
  readonly connections: number;
}

/** Less than these rows are no table. */
const FEW = 3;
/** What services, and then workers, may take of the room when there is not enough for all. */
const SERVICES = 0.55;
const WORKERS = 0.4;

/**
 * Divides lines between the tables: services first, for they are what it is about; then a few connections; then workers, who go without when too little is left; the rest to
 * connections, and what those do not need to the others.
 *
 * @param counts rows that each would have.
 * @param frame lines a table has beside its rows: the headings, and a blank one where there is room.
 * @returns lines for each, 0 for a table that is left out; together at most `room`.
 */
export function shareRoom(room: number, counts: Shares, frame: number): Shares {
  const whole = {
    services: frame + counts.services,
    workers: frame + counts.workers,
    rest: frame + counts.connections,
  };
  const few = Math.min(whole.rest, frame + FEW);
  const most = Math.max(Math.floor(room * SERVICES), room - whole.workers - whole.rest, frame + FEW);
  const services = clip(Math.min(whole.services, most), room, frame);
  const left = room - services;
  const mostWorkers = Math.max(Math.floor(left * WORKERS), left - whole.rest);
  const wanted = Math.min(whole.workers, mostWorkers, left - few);
  const workers = wanted < Math.min(whole.workers, frame + FEW) ? 0 : clip(wanted, left, frame);
  return { services, workers, connections: clip(left - workers, left - workers, frame) };
}

/** A table with not a row in it is left out. */
function clip(size: number, room: number, frame: number): number {
  const lines = Math.min(size, room);
  return lines > frame ? lines : 0;
}
