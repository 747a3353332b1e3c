import { measureFtpAlone } from "../src/ftp/measure.mjs";
import { FTP_SERVERS } from "./ftp-servers.mjs";

/** @import { FtpCase, Workload } from "../src/types.js" */

const SESSIONS = 1000;
const LOGINS = 1000;

/** @type {readonly FtpCase[]} */
const CASES = [
  {
    name: "idle",
    title: "KiB a session",
    client: "ftp",
    mode: "idle",
    path: "",
    conns: SESSIONS,
    logins: LOGINS,
    seconds: 0.5,
    cpuOf: "server",
  },
];

/** @type {Workload} */
export const ftpIdle = {
  name: "ftp-idle",
  title: "FTP, idle sessions",
  about: `What ${SESSIONS.toLocaleString("en")} sessions that are logged in add to the memory of all processes of the server.`,
  reference: "vsftpd",
  cases: CASES,
  peers: FTP_SERVERS,
  rounds: 3,
  columns: [{ title: "proportional set size", figure: "kibPerSession", format: "decimal" }],
  measure: (run) =>
    measureFtpAlone(run, {
      contents: {},
      toSample: (report) => ({
        at: Date.now() / 1000,
        rate: Number.NaN,
        cpu: Number.NaN,
        // Memory does not depend on what else runs.
        wait: 0,
        figures: {
          kibPerSession: report["kibPerSession"] ?? Number.NaN,
          kibBefore: report["kibBefore"] ?? Number.NaN,
          kibAfter: report["kibAfter"] ?? Number.NaN,
          idleUse: (report["serverCpu"] ?? 0) / (report["seconds"] ?? 1),
        },
      }),
      method:
        "a server of its own for each run; a thousand logins and a hundred sessions come before the first reading; what processes share is divided " +
        "among them; median of the runs",
    }),
};
