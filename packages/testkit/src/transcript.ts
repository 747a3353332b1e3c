import { RawClient, type RawTarget } from "./raw-client.js";

/** Options of {@link transcript}. */
export interface TranscriptOptions {
  /** How lines of both sides end. Default `"\n"`. */
  readonly lineEnd?: "\n" | "\r\n" | undefined;
}

/**
 * Plays a dialogue with a server, byte for byte, over a plain socket.
 *
 * Each line of `script` is one step; empty ones and the indentation count for nothing:
 *
 * - `C: text` sends the text and a line end
 * - `S: text` expects exactly that line
 * - `S~ pattern` expects a line that the regular expression matches whole
 * - `C: EOF` ends the client's write half
 * - `S: EOF` expects the end of the server's stream, with nothing before it
 * - `S: RESET` expects a reset
 *
 * In texts `\t`, `\r`, `\n`, `\0`, `\\` and `\xHH` stand for bytes, as in TypeScript. Every expectation has five seconds.
 *
 * @throws {Error} at the first step that goes otherwise, naming its number.
 * @example
 * ```ts
 * import { copy, listen } from "@belfry/net";
 * import { transcript } from "@belfry/testkit";
 *
 * const listener = await listen("127.0.0.1:0");
 * const serving = listener.accept().then(async (conn) => {
 *   await copy(conn, conn);
 *   await conn.close();
 * });
 * await transcript(listener.addr, `
 *   C: hello
 *   S: hello
 *   C: EOF
 *   S: EOF
 * `);
 * await serving;
 * await listener.close();
 * ```
 */
export async function transcript(target: RawTarget, script: string, options: TranscriptOptions = {}): Promise<void> {
  const { lineEnd = "\n" } = options;
  const steps = parseScript(script);
  const client = await RawClient.connect(target);
  try {
    for (const [i, step] of steps.entries()) {
      try {
        await play(client, step, lineEnd);
      } catch (cause) {
        throw new Error(`Step ${i + 1}, ${step.who}${step.how} ${step.text}: ${String(cause)}`, { cause });
      }
    }
  } finally {
    await client.close();
  }
}

interface Step {
  readonly who: "C" | "S";
  readonly how: ":" | "~";
  readonly text: string;
}

function parseScript(script: string): Step[] {
  const lines = script.split("\n").map((line) => line.trimStart());
  return lines.filter((line) => line !== "").map(parseStep);
}

function parseStep(line: string): Step {
  const match = /^(?:(C|S)(:)|(S)(~)) ?(.*)$/.exec(line);
  if (match === null) throw new TypeError(`Cannot use step "${line}": expected "C: …", "S: …" or "S~ …"`);
  return {
    who: (match[1] ?? match[3]) as Step["who"],
    how: (match[2] ?? match[4]) as Step["how"],
    text: match[5] ?? "",
  };
}

async function play(client: RawClient, { who, how, text }: Step, lineEnd: string): Promise<void> {
  if (who === "C" && text === "EOF") client.end();
  else if (who === "C") client.send(Buffer.from(unescape(text) + lineEnd, "latin1"));
  else if (how === "~") expectMatch(await takeLine(client, lineEnd), text);
  else if (text === "EOF") expectSame((await client.takeAll()).toString("latin1"), "");
  else if (text === "RESET") await client.takeReset();
  else expectSame(await takeLine(client, lineEnd), unescape(text));
}

/** The next line, whose end must be the expected one. */
async function takeLine(client: RawClient, lineEnd: string): Promise<string> {
  let bytes = "";
  while (!bytes.endsWith("\n")) bytes += (await client.take(1)).toString("latin1");
  const isEndRight = lineEnd === "\r\n" ? bytes.endsWith(lineEnd) : !bytes.endsWith("\r\n");
  if (!isEndRight) throw new Error(`got ${JSON.stringify(bytes)}`);
  return bytes.slice(0, -lineEnd.length);
}

function expectSame(actual: string, expected: string): void {
  if (actual !== expected) throw new Error(`got ${JSON.stringify(actual)}`);
}

function expectMatch(actual: string, pattern: string): void {
  if (!new RegExp(`^(?:${pattern})$`).test(actual)) throw new Error(`got ${JSON.stringify(actual)}`);
}

const ESCAPES: Readonly<Record<string, string>> = { t: "\t", r: "\r", n: "\n", 0: "\0", "\\": "\\" };

/** One character a byte: text beyond ASCII becomes its UTF-8. */
function unescape(text: string): string {
  const bytes = Buffer.from(text).toString("latin1");
  return bytes.replace(/\\(?:x([0-9a-fA-F]{2})|([trn0\\]))/g, (_, hex: string | undefined, short: string) =>
    hex === undefined ? (ESCAPES[short] ?? short) : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
