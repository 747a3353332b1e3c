// ftp-srv as its documentation sets it up. Arguments: PORT ROOT PASSIVE-FROM PASSIVE-TO [CERTIFICATE KEY].

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Writable } from "node:stream";

const [port, root, first, last, certificate, key] = process.argv.slice(2);
const load = createRequire(new URL("../../.peers/package.json", import.meta.url));
const { FtpSrv } = load("ftp-srv");
const log = load("bunyan").createLogger({
  name: "ftp-srv",
  level: "fatal",
  stream: new Writable({ write: (_chunk, _encoding, done) => done() }),
});

const server = new FtpSrv({
  url: `ftp://127.0.0.1:${port}`,
  pasv_url: "127.0.0.1",
  pasv_min: Number(first),
  pasv_max: Number(last),
  anonymous: true,
  log,
  ...(certificate !== undefined && { tls: { cert: readFileSync(certificate), key: readFileSync(key ?? "") } }),
});
server.on("login", (/** @type {unknown} */ _login, /** @type {(to: { root: string }) => void} */ resolve) => {
  resolve({ root: root ?? "." });
});
await server.listen();
