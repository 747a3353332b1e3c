/**
 * Makes a reader of whole decimal numbers from `min` to `max`, both included.
 *
 * @returns a function from the text to the number. It throws {@link RangeError} saying what was expected.
 */
export function wholeNumber(min: number, max: number = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
    throw new RangeError(`expected a whole number ${range}`);
  };
}
