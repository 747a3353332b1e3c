/**
 * How many operations may complete without waiting before the event loop gets its turn. Between two awaits that
 * complete at once only microtasks run: two tasks that keep each other busy would starve timers and sockets.
 */
const OPERATIONS_PER_TURN = 10_000;

/** One promise for every operation that completes at once and has no result. */
const COMPLETED: Promise<void> = Promise.resolve();

let left = OPERATIONS_PER_TURN;
let turn: Promise<void> | null = null;

/** What an operation without a result returns when it has completed at once. */
export function completed(): Promise<void> {
  return --left > 0 ? COMPLETED : nextTurn();
}

/**
 * Whether an operation that has completed at once may say so at once. Its result is then to be wrapped where it is
 * written down: `Promise.resolve({ … })` of a literal costs two thirds of one whose shape the compiler cannot see.
 */
export function hasTurn(): boolean {
  return --left > 0;
}

/** What an operation returns that has completed at once with `result` when the turn is over. */
export function inNextTurn<T>(result: T): Promise<T> {
  return nextTurn().then(() => result);
}

/** Counts `operations` that were done in one call. */
export function spend(operations: number): void {
  left -= operations;
}

/** One macrotask serves all who have used up the turn, or many pairs of tasks would prolong it one after the other. */
function nextTurn(): Promise<void> {
  turn ??= new Promise((resolve) => {
    setImmediate(() => {
      left = OPERATIONS_PER_TURN;
      turn = null;
      resolve();
    });
  });
  return turn;
}
