import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { logTo } from "../log/log-to.js";
import { type ControlServer, startControlServer } from "../../src/control/control-server.js";
import { InProcessHost } from "./in-process-host.js";

/** A runtime directory of its own for a test, where control sockets are looked for. */
export interface ControlFolder {
  readonly path: string;
  readonly env: { readonly XDG_RUNTIME_DIR: string };
  /** The path of a control socket in it. */
  socket(name: string): string;
}

/** Unix sockets are what is tested. */
export const isUnix = process.platform !== "win32";

export function controlFolder(test: TestContext): ControlFolder {
  const path = mkdtempSync(join(tmpdir(), "belfry-"));
  test.after(() => rmSync(path, { recursive: true, force: true }));
  return { path, env: { XDG_RUNTIME_DIR: path }, socket: (name) => join(path, "belfry", `${name}.sock`) };
}

/** A host with its control socket, both gone when the test is over. */
export interface Controlled {
  readonly host: InProcessHost;
  readonly control: ControlServer;
  /** What was logged. */
  readonly lines: readonly string[];
}

export async function startControlled(test: TestContext, path: string, ...services: string[]): Promise<Controlled> {
  const host = await InProcessHost.start(...services);
  const lines: string[] = [];
  const log = logTo((level, message) => void lines.push(`${level} ${message}`));
  const control = await startControlServer(path, host, log);
  test.after(async () => {
    await control.close();
    await host.close();
  });
  return { host, control, lines };
}
