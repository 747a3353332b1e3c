import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

/**
 * A client in a process of its own that uploads the same file again and again, each time with other bytes: 300,000
 * bytes that are all the same letter, in more than a second. Plain JavaScript on `node:net`, so that it starts at once.
 */
const PROGRAM = `
  const net = require("node:net");
  const [port, path] = process.argv.slice(1);
  const control = net.connect({ port: Number(port), host: "127.0.0.1", noDelay: true });
  let text = "";
  let wake = () => {};
  control.on("data", (bytes) => { text += bytes; wake(); }).on("error", () => {});
  const line = async () => {
    for (;;) {
      const end = text.indexOf("\\r\\n");
      if (end >= 0) { const found = text.slice(0, end); text = text.slice(end + 2); return found; }
      await new Promise((resolve) => (wake = resolve));
    }
  };
  const say = (command) => { control.write(command + "\\r\\n"); return line(); };
  (async () => {
    await line();
    for (const command of ["USER ann", "PASS secret", "TYPE I"]) await say(command);
    for (let i = 0; ; i += 1) {
      const found = /\\|\\|\\|(\\d+)\\|/.exec(await say("EPSV"));
      const data = net.connect({ port: Number(found[1]), host: "127.0.0.1" });
      data.on("error", () => {});
      await say("STOR " + path);
      if (i === 0) process.stdout.write("begun");
      const piece = Buffer.alloc(30000, "abcdefghij"[i % 10]);
      for (let k = 0; k < 10; k += 1) {
        data.write(piece);
        await new Promise((resolve) => setTimeout(resolve, 120));
      }
      data.end();
      await line();
    }
  })();
`;

/** Bytes of each file the uploader sends. */
export const UPLOAD_SIZE = 300_000;

/** Starts it; resolves when its first upload is under way. */
export async function startUploader(port: number, path: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, ["-e", PROGRAM, String(port), path], { stdio: ["ignore", "pipe", "inherit"] });
  await once(child.stdout, "data");
  return child;
}

/** Kills it, with no chance to say goodbye; resolves when it is gone. */
export async function kill(child: ChildProcess): Promise<void> {
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
}
