import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { describe, it } from "node:test";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { until } from "@belfry/testkit";
import { main } from "../../src/main.js";
import { memoryIo } from "../memory-io.js";
import { withFtpd } from "./ftpd-process.js";

const BIN = fileURLToPath(new URL("../../bin/belfry.js", import.meta.url));
const HASH = String.raw`\$argon2id\$v=19\$m=\d+,t=\d+,p=\d+\$[\w+/]+\$[\w+/]+`;

/** Runs it with `input` as standard input. */
async function passwd(input: string, ...args: readonly string[]): Promise<[number, string, string]> {
  const { io, stdout, stderr } = memoryIo();
  const status = await main(["ftpd", "passwd", ...args], { ...io, stdin: Readable.from([input]) });
  return [status, stdout(), stderr()];
}

describe("belfry ftpd passwd", () => {
  it("makes a line of what it reads, with which one may log in", async () => {
    for (const input of ["grüße, welt", "grüße, welt\n", "grüße, welt\r\nmore\n"]) {
      const [status, line] = await passwd(input, "ann lee");
      assert.equal(status, 0);
      assert.match(line, new RegExp(`^"ann lee" ${HASH}\n$`));
    }
    const [, line] = await passwd("grüße", "ann");
    const args = (file: (name: string) => string): readonly string[] => {
      appendFileSync(file("users"), line);
      return ["--users", file("users")];
    };
    await withFtpd(args, async ({ login, file, root }) => {
      writeFileSync(join(root, "a"), "abc");
      const bytes = Buffer.from("grüße").toString("latin1");
      const probe = await login("ann", bytes);
      assert.equal(String(await probe.fetch("RETR a")), "abc");
      await assert.rejects(login("ann", "gruesse"), /530/);
      assert.doesNotMatch(readFileSync(file("users"), "utf8"), /grüße/);
    });
  });

  it("refuses an empty password, and names that no line can hold", async () => {
    assert.deepEqual(await passwd("", "ann"), [1, "", "belfry: Cannot make a line: the password is empty\n"]);
    assert.deepEqual(await passwd("\n", "ann"), [1, "", "belfry: Cannot make a line: the password is empty\n"]);
    const [status, , stderr] = await passwd("x", "a\nb");
    assert.equal(status, 2);
    assert.match(stderr, /^belfry: Cannot make a line for "a\\nb": expected a name without control characters\n$/);
    assert.equal((await passwd("x", "ann", "bob"))[0], 2);
  });
});

describe("belfry ftpd passwd on a terminal", { skip: hasTmux() ? false : "tmux is not installed" }, () => {
  it("asks twice without an echo, and Ctrl-C ends it", async () => {
    const folder = mkdtempSync(join(tmpdir(), "belfry-passwd-"));
    const socket = join(folder, "tmux");
    const tmux = (...args: readonly string[]): string =>
      execFileSync("tmux", ["-S", socket, "-f", "/dev/null", ...args], { encoding: "utf8", stdio: "pipe" });
    const screen = (): string => tmux("capture-pane", "-p", "-t", "t");
    // Looked at now and then: each look is a process.
    const shows = (text: string): Promise<void> =>
      until(() => setTimeout(50).then(() => screen().includes(text)), { timeout: 10_000 });
    const type = (...keys: readonly string[]): string => tmux("send-keys", "-t", "t", ...keys);
    const command = `${process.execPath} ${BIN} ftpd passwd ann > ${join(folder, "line")}; echo ended $?`;
    try {
      tmux("new-session", "-d", "-s", "t", "-x", "100", "-y", "30", "sh");
      const ask = async (first: string, second: string, end: string): Promise<void> => {
        type("clear", "Enter");
        type("-l", command);
        type("Enter");
        await shows("Password of ann:");
        type(first, "Enter");
        await shows("The same again:");
        type(second, "Enter");
        await shows(end);
        assert.ok(!screen().includes("Sesame"), screen());
      };
      await ask("Sesame1", "Sesame1", "ended 0");
      assert.match(readFileSync(join(folder, "line"), "utf8"), new RegExp(`^ann ${HASH}\n$`));
      await ask("Sesame1", "Sesame2", "belfry: Cannot make a line: the passwords differ\nended 1");
      type("clear", "Enter");
      type("-l", command);
      type("Enter");
      await shows("Password of ann:");
      type("Sesame3", "C-c");
      await shows("ended 130");
      type("-l", "echo still echoing");
      await shows("echo still echoing");
    } finally {
      spawnSync("tmux", ["-S", socket, "kill-server"]);
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

function hasTmux(): boolean {
  return spawnSync("tmux", ["-V"]).status === 0;
}
