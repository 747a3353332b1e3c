import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { dial, listen } from "@belfry/net";
import { until } from "@belfry/testkit";
import { missing } from "../tools.js";
import { type Begin, type Site, site } from "./site.js";

const PROGRAM = "vsftpd";
/** Where nothing else dials, for the port must be chosen before vsftpd listens there. */
const HOST = process.platform === "linux" ? "127.0.0.77" : "127.0.0.1";

/** Why there can be no vsftpd; `false` when there can. */
export const NO_VSFTPD = missing(PROGRAM) || (process.getuid?.() !== 0 && "vsftpd needs root");

/**
 * A vsftpd of which anybody may read and write everything: what is outside of its directory too, for without users of the
 * system it confines nobody. A session begins in its directory and is to stay there.
 */
export function vsftpdSite(): Site {
  return site(HOST, begin);
}

const begin: Begin = async (root) => {
  const port = await freePort();
  const empty = join(root, "..", "empty");
  mkdirSync(empty);
  const config = join(root, "..", "vsftpd.conf");
  writeFileSync(config, configuration({ root, empty, port }));
  const server = spawn(PROGRAM, [config], { stdio: "ignore" });
  await until(() => canReach(port), { timeout: 5000 });
  return {
    port,
    async end() {
      const closed = once(server, "close");
      server.kill();
      await closed;
    },
  };
};

function configuration({ root, empty, port }: Readonly<Record<string, string | number>>): string {
  const yes = ["listen", "run_as_launching_user", "anonymous_enable", "no_anon_password", "write_enable", "mdtm_write"];
  const rights = ["anon_upload_enable", "anon_mkdir_write_enable", "anon_other_write_enable", "allow_writeable_chroot"];
  const ascii = ["ascii_upload_enable", "ascii_download_enable"];
  const no = ["background", "seccomp_sandbox", "anon_world_readable_only", "xferlog_enable"];
  return [
    ...[...yes, ...rights, ...ascii].map((name) => `${name}=YES`),
    ...no.map((name) => `${name}=NO`),
    `listen_address=${HOST}`,
    `listen_port=${port}`,
    `anon_root=${root}`,
    "anon_umask=022",
    `secure_chroot_dir=${empty}`,
    "",
  ].join("\n");
}

async function freePort(): Promise<number> {
  const listener = await listen({ host: HOST, port: 0 });
  await listener.close();
  return listener.addr.port;
}

async function canReach(port: number): Promise<boolean> {
  try {
    (await dial({ host: HOST, port })).abort();
    return true;
  } catch {
    return false;
  }
}
