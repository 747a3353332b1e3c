import { join } from "node:path";
import { type Ended, runBelfry } from "../../packages/belfry/test/belfry-process.js";
import type { TestHost } from "../../packages/belfry/test/supervisor/host-process.js";

/** Runs `belfry COMMAND` against a host. */
export function command(host: TestHost, name: string, ...args: readonly string[]): Promise<Ended> {
  return runBelfry([name, "--control", join(host.directory, "c.sock"), ...args]);
}

/** Where a host's debug server is, as `http://HOST:PORT`. */
export async function debugUrl({ process }: TestHost): Promise<string> {
  const [, url = ""] = await process.says(/debugging on (http:\/\/[^/\s"]+)/);
  return url;
}
