/** One word of a line: `text`, or `key` and `text` of `key=text`. */
export interface Word {
  readonly key: string | null;
  readonly text: string;
}

/**
 * The words of a line of a users file, parted by spaces and tabs. A word with such in it stands in double quotes and is written as
 * in JSON; so does the value of an option: `root="/srv/my files"`.
 *
 * @throws {SyntaxError} that says what was expected.
 */
export function splitWords(line: string): readonly Word[] {
  const words: Word[] = [];
  let rest = line.trimStart();
  while (rest !== "") {
    const match = WORD.exec(rest);
    if (match === null)
      throw new SyntaxError(`a word, or one in double quotes, at ${JSON.stringify(rest.slice(0, 20))}`);
    const [whole, key = null, text = ""] = match;
    words.push({ key, text: text.startsWith('"') ? unquote(text) : text });
    rest = rest.slice(whole.length);
  }
  return words;
}

/** A word as {@link splitWords} reads it back. */
export function formatWord(text: string): string {
  return PLAIN.test(text) ? text : JSON.stringify(text);
}

// A key is in lower case and goes before "=". What is in quotes may hold anything, its quotes and backslashes escaped.
const WORD = /^(?:([a-z][a-z-]*)=)?("(?:[^"\\]|\\.)*"|[^\s"]*)(?:\s+|$)/u;

/** Neither empty nor a comment, nor to be taken for an option. */
const PLAIN = /^[^\s"#=\p{Cc}\p{Cs}][^\s"=\p{Cc}\p{Cs}]*$/u;

function unquote(text: string): string {
  try {
    return JSON.parse(text) as string;
  } catch {
    throw new SyntaxError("text in double quotes as in JSON");
  }
}
