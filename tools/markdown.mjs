// Takes a Markdown text apart into what can be checked: its code blocks, its links and the files it names.

/**
 * @typedef {object} Block
 * @property {string} info what stands behind the opening fence, such as `ts` or `ts no-run`
 * @property {string} code
 * @property {number} line of its first line of code, from 1
 */

/** @typedef {{ target: string, line: number }} Reference */

const FENCE = /^\s*(`{3,}|~{3,})\s*(.*)$/;
const LINK = /\]\(<?([^()\s<>]+)>?(?:\s+"[^"]*")?\)/g;
const CODE_SPAN = /`([^`]+)`/g;
const HEADING = /^#{1,6}\s+(.*?)\s*#*$/;

/**
 * @param {string} text
 * @param {number} [firstLine] the number of the first line, for a text that is part of another
 */
export function readMarkdown(text, firstLine = 1) {
  const { blocks, prose } = splitFences(text.split(/\r?\n/), firstLine);
  return {
    blocks,
    links: prose.flatMap(({ content, line }) => {
      return findAll(LINK, content.replaceAll(CODE_SPAN, "")).map((target) => ({ target, line }));
    }),
    codeSpans: prose.flatMap(({ content, line }) => findAll(CODE_SPAN, content).map((target) => ({ target, line }))),
    anchors: new Set(anchorsOf(prose.flatMap(({ content }) => HEADING.exec(content)?.[1] ?? []))),
  };
}

/** @param {string[]} lines @param {number} firstLine */
function splitFences(lines, firstLine) {
  /** @type {Block[]} */
  const blocks = [];
  /** @type {{ content: string, line: number }[]} */
  const prose = [];
  /** @type {{ fence: string, info: string, code: string[], line: number } | undefined} */
  let open;
  for (const [index, content] of lines.entries()) {
    const line = firstLine + index;
    const [, fence = "", info = ""] = FENCE.exec(content) ?? [];
    if (open === undefined) {
      if (fence === "") prose.push({ content, line });
      else open = { fence, info, code: [], line: line + 1 };
    } else if (fence.startsWith(open.fence) && info === "") {
      blocks.push({ info: open.info, code: open.code.join("\n"), line: open.line });
      open = undefined;
    } else {
      open.code.push(content);
    }
  }
  return { blocks, prose };
}

/** @param {RegExp} pattern @param {string} text */
function findAll(pattern, text) {
  return [...text.matchAll(pattern)].map((match) => String(match[1]));
}

/** As GitHub makes them: lower case, no punctuation, hyphens for spaces, a number behind the second of a kind. @param {string[]} headings */
function anchorsOf(headings) {
  /** @type {Map<string, number>} */
  const seen = new Map();
  return headings.map((heading) => {
    const slug = heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-");
    const count = seen.get(slug) ?? 0;
    seen.set(slug, count + 1);
    return count === 0 ? slug : `${slug}-${count}`;
  });
}
