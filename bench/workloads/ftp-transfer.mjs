import { measureFtp } from "../src/ftp/measure.mjs";
import { RATE_AND_CPU } from "./echo-servers.mjs";
import { FTP_SERVERS } from "./ftp-servers.mjs";

/** @import { FtpCase, Workload } from "../src/types.js" */

const BYTES = 2 ** 29;

/** @type {readonly FtpCase[]} */
const CASES = [
  { name: "retr", title: "RETR", client: "ftp", mode: "down", path: "big", bytes: BYTES, cpuOf: "both" },
  { name: "stor", title: "STOR", client: "ftp", mode: "up", path: "up/", bytes: BYTES, cpuOf: "both" },
];

/** @type {Workload} */
export const ftpTransfer = {
  name: "ftp-transfer",
  title: "FTP, a big file",
  about: "A file of 512 MiB in the clear, over a passive connection; an operation is one MiB moved.",
  reference: "vsftpd",
  cases: CASES,
  peers: FTP_SERVERS,
  rounds: 7,
  columns: RATE_AND_CPU,
  measure: (run) => measureFtp(run, { contents: { big: BYTES } }),
};
