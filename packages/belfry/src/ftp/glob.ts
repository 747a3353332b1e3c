/** Whether a name holds a sign that {@link compileGlob} does not take literally. */
export function hasGlob(pattern: string): boolean {
  return /[*?[]/.test(pattern);
}

/**
 * Compiles `*`, `?` and `[a-z]` (`[!a-z]`) into a test of whole names. A leading dot is only matched by a dot, as in a
 * shell. Takes time in the product of both lengths at most, whatever the pattern.
 */
export function compileGlob(pattern: string): (name: string) => boolean {
  const steps = parse(pattern);
  return (name) => {
    if (name.startsWith(".") && !pattern.startsWith(".")) return false;
    return matches(steps, Array.from(name));
  };
}

/** One sign of a pattern: `null` for a star, else what a character must be. */
type Step = ((character: string) => boolean) | null;

function parse(pattern: string): Step[] {
  const steps: Step[] = [];
  const characters = Array.from(pattern);
  for (let at = 0; at < characters.length; at++) {
    const sign = characters[at] as string;
    const end = sign === "[" ? characters.indexOf("]", at + (characters[at + 1] === "!" ? 3 : 2)) : -1;
    if (sign === "*") steps.push(null);
    else if (sign === "?") steps.push(() => true);
    else if (end > 0) {
      steps.push(oneOf(characters.slice(at + 1, end)));
      at = end;
    } else steps.push((character) => character === sign);
  }
  return steps;
}

function oneOf(set: readonly string[]): Step {
  const isNegated = set[0] === "!";
  const signs = isNegated ? set.slice(1) : set;
  return (character) => {
    let isIn = false;
    for (let at = 0; at < signs.length; at++) {
      const low = signs[at] as string;
      const high = signs[at + 1] === "-" ? signs[at + 2] : undefined;
      if (high === undefined) isIn ||= character === low;
      else {
        isIn ||= character >= low && character <= high;
        at += 2;
      }
    }
    return isIn !== isNegated;
  };
}

/** Only the last star is ever gone back to: what an earlier one took need never change. */
function matches(steps: readonly Step[], name: readonly string[]): boolean {
  let step = 0;
  let star = -1;
  let starAt = 0;
  for (let at = 0; at < name.length;) {
    const wanted = steps[step];
    if (wanted === null) {
      star = step++;
      starAt = at;
    } else if (wanted?.(name[at] as string) === true) {
      step++;
      at++;
    } else if (star >= 0) {
      step = star + 1;
      at = ++starAt;
    } else return false;
  }
  while (steps[step] === null) step++;
  return step === steps.length;
}
