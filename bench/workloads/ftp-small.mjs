import { measureFtp } from "../src/ftp/measure.mjs";
import { RATE_AND_CPU } from "./echo-servers.mjs";
import { FTP_SERVERS } from "./ftp-servers.mjs";

/** @import { FtpCase, Workload } from "../src/types.js" */

const FILES = { count: 500, bytes: 4096 };
const SECONDS = 0.3;
/** A server that runs for a day has long compiled what it does for each file. */
const WARM_UP = 4;

/** @type {readonly FtpCase[]} */
const CASES = [
  {
    name: "small-retr",
    title: "4 KiB files, RETR",
    client: "ftp",
    mode: "small-down",
    path: "small/",
    ...FILES,
    seconds: SECONDS,
    warmUp: WARM_UP,
    cpuOf: "server",
  },
  {
    name: "small-stor",
    title: "4 KiB files, STOR",
    client: "ftp",
    mode: "small-up",
    path: "up/",
    ...FILES,
    seconds: SECONDS,
    warmUp: WARM_UP,
    cpuOf: "server",
  },
  {
    name: "login",
    title: "300 logins",
    client: "ftp",
    mode: "login",
    path: "",
    count: 300,
    conns: 16,
    cpuOf: "server",
  },
];

/** @type {Workload} */
export const ftpSmall = {
  name: "ftp-small",
  title: "FTP, small files and logins",
  about:
    "Files of 4 KiB one after the other in one session, each over a passive connection of its own; 300 logins, 16 at a time. An operation is a file or a login.",
  reference: "vsftpd",
  cases: CASES,
  peers: FTP_SERVERS,
  rounds: 7,
  columns: RATE_AND_CPU,
  measure: (run) => measureFtp(run, { contents: { small: FILES } }),
};
