import { measureFtp } from "../src/ftp/measure.mjs";
import { RATE_AND_CPU } from "./echo-servers.mjs";
import { FTP_SERVERS } from "./ftp-servers.mjs";

/** @import { FtpCase, Workload } from "../src/types.js" */

const BYTES = 10 * 2 ** 20;
const SESSIONS = 300;

/** @type {readonly FtpCase[]} */
const CASES = [
  {
    name: "many-retr",
    title: "RETR",
    client: "ftp",
    mode: "many-down",
    path: "big",
    bytes: BYTES,
    conns: SESSIONS,
    cpuOf: "both",
  },
  {
    name: "many-stor",
    title: "STOR",
    client: "ftp",
    mode: "many-up",
    path: "up/",
    bytes: BYTES,
    conns: SESSIONS,
    cpuOf: "both",
  },
];

/** @type {Workload} */
export const ftpMany = {
  name: "ftp-many",
  title: "FTP, 300 sessions",
  about: "300 sessions, each with a file of 10 MiB, all at once; an operation is one MiB moved.",
  reference: "vsftpd",
  cases: CASES,
  peers: FTP_SERVERS,
  rounds: 5,
  columns: RATE_AND_CPU,
  measure: (run) => measureFtp(run, { contents: { big: BYTES } }),
};
