import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DEBIAN } from "../paths.mjs";

/** @import { Folder } from "./folder.mjs" */

/**
 * What a server is to be set up for.
 *
 * @typedef {object} Place
 * @property {Folder} folder
 * @property {number} port of 127.0.0.1
 * @property {{ from: number, to: number }} passive ports, its own: one server's closed connections do not slow another
 * @property {boolean} isSecure whether TLS is offered
 */

/**
 * How it is started and who may upload.
 *
 * @typedef {object} Settings
 * @property {readonly string[]} args behind the command
 * @property {string} user
 * @property {string} password
 */

/**
 * An account of every Debian whose home directory is there; vsftpd and ProFTPD take its rights for anonymous users.
 */
const ACCOUNT = "daemon";
const ANONYMOUS = { user: "anonymous", password: "bench" };
/** Enough of `crypt(3)`: a costly hash would be all that its logins measure. */
const VIRTUAL = { user: "bench", password: "bench", hash: "beXASnuSGSZa." };
const NOBODY = "65534:65534";

/**
 * Writes a server's configuration, where it has one, and says how to start it.
 *
 * @type {Readonly<Record<string, (place: Place) => Settings>>}
 */
export const SETTINGS = { vsftpd, proftpd, "pure-ftpd": pureFtpd };

/**
 * The settings of a server that is a script of ours: all on its command line.
 *
 * @param {Place} place
 * @returns {Settings}
 */
export function scriptSettings({ folder, port, passive, isSecure }) {
  const words = [port, folder.root, passive.from, passive.to].map(String);
  return { args: isSecure ? [...words, folder.certificate, folder.key] : words, ...ANONYMOUS };
}

/** @param {Place} place @returns {Settings} */
function vsftpd({ folder, port, passive, isSecure }) {
  const empty = join(folder.settings, "empty");
  mkdirSync(empty, { recursive: true });
  const lines = {
    listen: "YES",
    listen_address: "127.0.0.1",
    listen_port: port,
    background: "NO",
    secure_chroot_dir: empty,
    nopriv_user: "nobody",
    ftp_username: ACCOUNT,
    anonymous_enable: "YES",
    anon_root: folder.root,
    write_enable: "YES",
    anon_upload_enable: "YES",
    anon_umask: "022",
    pasv_min_port: passive.from,
    pasv_max_port: passive.to,
    max_clients: 0,
    max_per_ip: 0,
    ...(isSecure && {
      ssl_enable: "YES",
      rsa_cert_file: folder.both,
      allow_anon_ssl: "YES",
      force_local_logins_ssl: "NO",
      force_local_data_ssl: "NO",
      require_ssl_reuse: "NO",
      ssl_ciphers: "HIGH",
    }),
  };
  const path = write(
    folder,
    "vsftpd",
    isSecure,
    Object.entries(lines).map(([name, value]) => `${name}=${value}`),
  );
  return { args: [path], ...ANONYMOUS };
}

/** @param {Place} place @returns {Settings} */
function proftpd({ folder, port, passive, isSecure }) {
  const lines = [
    `ModulePath ${join(DEBIAN, "usr/lib/proftpd")}`,
    ...(isSecure ? ["LoadModule mod_tls.c"] : []),
    "ServerType standalone",
    "ServerName bench",
    "DefaultAddress 127.0.0.1",
    `Port ${port}`,
    "UseIPv6 off",
    "UseReverseDNS off",
    `User ${ACCOUNT}`,
    `Group ${ACCOUNT}`,
    `PidFile ${join(folder.settings, "proftpd.pid")}`,
    "ScoreboardFile none",
    "DelayTable none",
    "ControlsEngine off",
    "WtmpLog none",
    "TransferLog none",
    "SystemLog none",
    "AuthOrder mod_auth_unix.c",
    "UseFtpUsers off",
    "MaxInstances none",
    "tcpBackLog 255",
    `PassivePorts ${passive.from} ${passive.to}`,
    ...(isSecure
      ? [
          "TLSEngine on",
          `TLSRSACertificateFile ${folder.certificate}`,
          `TLSRSACertificateKeyFile ${folder.key}`,
          "TLSProtocol TLSv1.2 TLSv1.3",
          "TLSOptions NoSessionReuseRequired",
          "TLSRequired off",
          "TLSLog none",
        ]
      : []),
    `<Anonymous ${folder.root}>`,
    `  User ${ACCOUNT}`,
    `  Group ${ACCOUNT}`,
    `  UserAlias anonymous ${ACCOUNT}`,
    "  RequireValidShell off",
    "</Anonymous>",
  ];
  return { args: ["-n", "-q", "-c", write(folder, "proftpd", isSecure, lines)], ...ANONYMOUS };
}

/**
 * Its anonymous user is bound to the system's user `ftp`; a virtual one is not.
 *
 * @param {Place} place @returns {Settings}
 */
function pureFtpd({ folder, port, passive, isSecure }) {
  const users = write(folder, "pure-ftpd", isSecure, [
    `${VIRTUAL.user}:${VIRTUAL.hash}:${NOBODY}::${folder.root}/./::::::::::::`,
  ]);
  const database = `${users}.pdb`;
  spawnSync(join(DEBIAN, "usr/bin/pure-pw"), ["mkdb", database, "-f", users]);
  const options = {
    bind: `127.0.0.1,${port}`,
    login: `puredb:${database}`,
    passiveportrange: `${passive.from}:${passive.to}`,
    maxclientsnumber: 10_000,
    limitrecursion: "200000:5",
    minuid: 1,
    pidfile: `${users}.pid`,
    ...(isSecure && { tls: 1, certfile: folder.both }),
  };
  const words = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const args = ["--ipv4only", "--noanonymous", "--dontresolve", ...words];
  return { args, user: VIRTUAL.user, password: VIRTUAL.password };
}

/**
 * @param {Folder} folder
 * @param {string} name
 * @param {boolean} isSecure
 * @param {readonly string[]} lines
 */
function write(folder, name, isSecure, lines) {
  const path = join(folder.settings, isSecure ? `${name}-tls.conf` : `${name}.conf`);
  writeFileSync(path, `${lines.join("\n")}\n`, { mode: 0o600 });
  return path;
}
