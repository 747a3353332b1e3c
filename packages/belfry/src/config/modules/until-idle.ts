/**
 * Waits for `promise`, as long as anything is left in this process that could settle it: what a user's module waits for may never come,
 * and a process with nothing else to do would end in silence.
 *
 * @throws what `promise` rejects with; an Error when the process has run out of work.
 */
export async function untilIdle<T>(promise: Promise<T>): Promise<T> {
  let onIdle = (): void => {};
  const idle = new Promise<never>((_, reject) => {
    // Without a stack: the place would be this one, which is nobody's mistake.
    onIdle = () => reject(Object.assign(new Error("it waits for something that never comes"), { stack: "" }));
  });
  process.once("beforeExit", onIdle);
  try {
    return await Promise.race([promise, idle]);
  } finally {
    process.off("beforeExit", onIdle);
  }
}
