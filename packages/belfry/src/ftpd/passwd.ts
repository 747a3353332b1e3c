import { createInterface } from "node:readline";
import { formatUser, hashPassword } from "@belfry/ftp";
import { EXIT } from "../exit-status.js";
import type { Io } from "../io.js";
import { UsageError } from "../usage-error.js";

/**
 * `belfry ftpd passwd NAME`: reads a password from standard input, and writes the line for a users file. On a terminal it asks twice, without an
 * echo.
 *
 * @returns the exit status: 0, or 130 after Ctrl-C.
 */
export async function printUserLine(args: readonly string[], io: Io): Promise<number> {
  const [name, ...more] = args;
  if (name === undefined || more.length > 0) throw new UsageError("Cannot make a line: expected one user name");
  // What is wrong with the name is told before a password is asked for.
  checkName(name);
  const password = await (io.stdin.isTTY === true ? askTwice(name, io) : readLine(io));
  if (password === null) return EXIT.interrupted;
  if (password === "") throw new Error("Cannot make a line: the password is empty");
  io.stdout.write(`${formatUser({ name, passwordHash: await hashPassword(password) })}\n`);
  return EXIT.ok;
}

function checkName(name: string): void {
  if (name !== "" && !/\p{Cc}/u.test(name)) return;
  throw new UsageError(`Cannot make a line for ${JSON.stringify(name)}: expected a name without control characters`);
}

async function readLine({ stdin }: Io): Promise<string> {
  for await (const line of createInterface({ input: stdin })) return line;
  return "";
}

/** `null` after Ctrl-C or Ctrl-D. */
async function askTwice(name: string, io: Io): Promise<string | null> {
  const password = await ask(`Password of ${name}: `, io);
  if (password === null || password === "") return password;
  const again = await ask("The same again: ", io);
  if (again !== null && again !== password) throw new Error("Cannot make a line: the passwords differ");
  return again;
}

function ask(question: string, { stdin, stderr }: Io): Promise<string | null> {
  stderr.write(question);
  // Without an output readline echoes nothing, and as a terminal it takes the echo away from the system too.
  const input = createInterface({ input: stdin, terminal: true, historySize: 0 });
  return new Promise((resolve) => {
    let answer: string | null = null;
    input.on("SIGINT", () => input.close());
    input.on("line", (line) => {
      answer = line;
      input.close();
    });
    input.on("close", () => {
      stderr.write("\n");
      resolve(answer);
    });
  });
}
