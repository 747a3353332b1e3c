/** Hands out at most one slice of work a turn of the event loop, in the order they were asked for. */
const waiting: (() => void)[] = [];
let given = 0;

/** Resolves in a turn of the event loop in which nobody else resolves. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    if (waiting.length === 1) setImmediate(serve);
  });
}

/** Milliseconds since a turn was given to somebody: at least as long as whoever works now has been at it. */
export function sinceTurn(): number {
  return performance.now() - given;
}

function serve(): void {
  given = performance.now();
  waiting.shift()?.();
  if (waiting.length > 0) setImmediate(serve);
}
