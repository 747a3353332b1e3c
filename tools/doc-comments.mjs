// Finds the `@example` sections of doc comments.

const COMMENT = /\/\*\*[\s\S]*?\*\//g;
const TAG = /^@[a-z]+/i;
const FENCE = /^(?:`{3,}|~{3,})/;

/**
 * @param {string} source a TypeScript file
 * @returns {{ text: string, line: number }[]} the Markdown of each example, and the line its first line stands on
 */
export function findExamples(source) {
  return [...source.matchAll(COMMENT)].flatMap((match) => {
    const firstLine = source.slice(0, match.index).split("\n").length;
    return examplesIn(match[0].split(/\r?\n/).map(stripMargin), firstLine);
  });
}

/** @param {string} line */
function stripMargin(line) {
  return line
    .replace(/^\s*\/\*\*\s?/, "")
    .replace(/\s*\*\/$/, "")
    .replace(/^\s*\* ?/, "");
}

/** @param {string[]} lines @param {number} firstLine */
function examplesIn(lines, firstLine) {
  /** @type {{ text: string[], line: number }[]} */
  const found = [];
  /** @type {{ text: string[], line: number } | undefined} */
  let open;
  let isFenced = false;
  for (const [index, line] of lines.entries()) {
    if (FENCE.test(line.trim())) isFenced = !isFenced;
    const tag = isFenced ? undefined : TAG.exec(line)?.[0];
    if (tag === "@example") {
      open = { text: [line.slice(tag.length)], line: firstLine + index };
      found.push(open);
    } else if (tag !== undefined) {
      open = undefined;
    } else {
      open?.text.push(line);
    }
  }
  return found.map(({ text, line }) => ({ text: text.join("\n"), line }));
}
