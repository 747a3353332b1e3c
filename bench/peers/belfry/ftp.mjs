// An FTP server as a program would embed it. Arguments: PORT ROOT PASSIVE-FROM PASSIVE-TO [CERTIFICATE KEY].

import { readFileSync } from "node:fs";
import { anonymous, ftp } from "@belfry/ftp";
import { serve } from "@belfry/server";

const [port, root, from, to, certificate, key] = process.argv.slice(2);
const credentials =
  certificate === undefined
    ? undefined
    : { cert: readFileSync(certificate, "utf8"), key: readFileSync(key ?? "", "utf8") };
const service = ftp({
  authenticate: anonymous({ root: root ?? ".", permissions: "write" }),
  passive: { ports: { from: Number(from), to: Number(to) } },
  ...(credentials && { tls: { credentials } }),
});
await serve({ host: "127.0.0.1", port: Number(port), maxConns: 15_000, backlog: 4096 }, service);
