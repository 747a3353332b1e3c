import { measureFtp } from "../src/ftp/measure.mjs";
import { RATE_AND_CPU } from "./echo-servers.mjs";
import { FTP_SERVERS } from "./ftp-servers.mjs";

/** @import { FtpCase, Workload } from "../src/types.js" */

const BYTES = 2 ** 28;

/** @type {readonly FtpCase[]} */
const CASES = [
  { name: "retr-tls", title: "RETR", client: "curl", mode: "down", path: "big", bytes: BYTES, cpuOf: "both" },
  { name: "stor-tls", title: "STOR", client: "curl", mode: "up", path: "up/", bytes: BYTES, cpuOf: "both" },
];

/** @type {Workload} */
export const ftpTls = {
  name: "ftp-tls",
  title: "FTP, a big file under TLS 1.3",
  about:
    "A file of 256 MiB under TLS 1.3 with AES-128-GCM, moved by curl; an operation is one MiB moved, timed within curl from the start of the transfer on.",
  reference: "vsftpd",
  cases: CASES,
  peers: FTP_SERVERS,
  rounds: 5,
  columns: RATE_AND_CPU,
  measure: (run) => measureFtp(run, { contents: { big: BYTES }, isSecure: true }),
};
