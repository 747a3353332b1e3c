import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { certificate } from "@belfry/testkit";
import { Probe } from "../../../ftp/test/support/probe.js";
import { type BelfryProcess, startBelfry } from "../belfry-process.js";

/** Who may log in when a test says nothing else. */
export const USER = "ann";
export const PASSWORD = "sesame";

/** A `belfry ftpd` under test, and a folder of its own. */
export interface Ftpd {
  readonly process: BelfryProcess;
  readonly port: number;
  /** What it serves. */
  readonly root: string;
  /** A path in the test's folder, beside the root. */
  readonly file: (name: string) => string;
  /** A client that has connected and taken the greeting; closed when the test ends. */
  readonly connect: () => Promise<Probe>;
  /** The same, logged in. */
  readonly login: (user?: string, password?: string) => Promise<Probe>;
}

/** Options of a test's server: its arguments, once its folder is there. */
export type FtpdArgs = readonly string[] | ((file: (name: string) => string) => readonly string[]);

/**
 * Runs `belfry ftpd` for `body`. In the folder lie `cert.pem`, `key.pem` and the empty directory `root`. Without arguments about users
 * there is one, who may write.
 */
export async function withFtpd(args: FtpdArgs, body: (ftpd: Ftpd) => Promise<void>): Promise<void> {
  const folder = makeFolder();
  const file = (name: string): string => join(folder, name);
  const given = typeof args === "function" ? args(file) : args;
  const hasUsers = given.some((arg) => /^--(?:users?|anonymous)\b/.test(arg));
  const users = hasUsers ? [] : ["--user", `${USER}:${PASSWORD}`];
  const process = startBelfry(["ftpd", "--listen", "127.0.0.1:0", "--root", file("root"), ...users, ...given]);
  const probes: Probe[] = [];
  try {
    const port = await process.port();
    const connect = async (): Promise<Probe> => {
      const probe = await Probe.connect({ host: "127.0.0.1", port } as Parameters<typeof Probe.connect>[0]);
      probes.push(probe);
      return probe;
    };
    const login = async (user = USER, password = PASSWORD): Promise<Probe> => {
      const probe = await connect();
      await probe.login(user, password);
      await probe.say("TYPE I");
      return probe;
    };
    await body({ process, port, root: file("root"), file, connect, login });
  } finally {
    for (const probe of probes) probe.close();
    await process[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Arguments for TLS with the certificate of the folder. */
export function tlsArgs(file: (name: string) => string, ...more: readonly string[]): readonly string[] {
  return ["--tls-cert", file("cert.pem"), "--tls-key", file("key.pem"), ...more];
}

/** A folder with what tests need; to be removed by whoever asks for it. */
export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "belfry-ftpd-"));
  mkdirSync(join(folder, "root"));
  writeFileSync(join(folder, "cert.pem"), certificate.cert);
  writeFileSync(join(folder, "key.pem"), certificate.key);
  return folder;
}

/** A log file's lines. */
export function readLines(path: string): readonly string[] {
  return readFileSync(path, "utf8").trimEnd().split("\n");
}
