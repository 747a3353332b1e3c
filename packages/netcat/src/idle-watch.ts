/** Tells when nothing has happened for a while. */
export interface IdleWatch {
  /** Something happened just now. Cheap: no timer is touched. */
  touch(): void;
  stop(): void;
}

const NEVER: IdleWatch = { touch: () => {}, stop: () => {} };

/**
 * Calls `onIdle` once, when `timeout` milliseconds have passed without a `touch`.
 *
 * @param timeout `undefined` or 0: never.
 */
export function watchIdle(timeout: number | undefined, onIdle: () => void): IdleWatch {
  if (timeout === undefined || timeout === 0) return NEVER;
  let lastTouch = Date.now();
  const check = (): void => {
    const left = lastTouch + timeout - Date.now();
    if (left > 0) timer = setTimeout(check, left);
    else onIdle();
  };
  let timer = setTimeout(check, timeout);
  return {
    touch: () => {
      lastTouch = Date.now();
    },
    stop: () => clearTimeout(timer),
  };
}
