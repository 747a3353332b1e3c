import { measureFtpAlone } from "../src/ftp/measure.mjs";
import { FTP_SERVERS } from "./ftp-servers.mjs";

/** @import { FtpCase, Peer, Workload } from "../src/types.js" */

const ENTRIES = 100_000;

/** @type {readonly FtpCase[]} */
const CASES = [
  {
    name: "list",
    title: "LIST of 100,000 files",
    client: "ftp",
    mode: "list",
    path: "list",
    count: ENTRIES,
    cpuOf: "server",
  },
];

/** @type {Peer} */
const ON_BOTH_CORES = {
  name: "belfry-ftp-both",
  label: "Belfry, on both cores",
  runtime: "belfry",
  program: "ftp",
  isUnbound: true,
};

/** @type {Workload} */
export const ftpList = {
  name: "ftp-list",
  title: "FTP, a large directory",
  about: `LIST of ${ENTRIES.toLocaleString("en")} files, while another session sends NOOP again and again.`,
  reference: "vsftpd",
  cases: CASES,
  peers: [...FTP_SERVERS, ON_BOTH_CORES],
  rounds: 5,
  columns: [
    { title: "ms in all", figure: "listMs", format: "count" },
    { title: "ms to the first byte", figure: "firstByteMs", format: "decimal" },
    { title: "ms the other session waited at most", figure: "noopMs", format: "decimal" },
    { title: "MiB of memory", figure: "mibGrowth", format: "decimal" },
  ],
  measure: (run) =>
    measureFtpAlone(run, {
      contents: { entries: ENTRIES },
      toSample: (report) => {
        const { listSeconds = 1, seconds = 1, serverCpu = 0, kibGrowth = 0, coldSeconds = 0 } = report;
        const { serverWait = 0, clientWait = 0, foreignCpu = 0 } = report;
        return {
          at: Date.now() / 1000,
          rate: ENTRIES / listSeconds,
          cpu: (serverCpu / ENTRIES) * 1e6,
          wait: (Math.min(serverWait, foreignCpu) + Math.min(clientWait, foreignCpu)) / seconds,
          figures: {
            listMs: listSeconds * 1000,
            firstByteMs: report["firstByteMs"] ?? Number.NaN,
            noopMs: report["noopMs"] ?? Number.NaN,
            mibGrowth: kibGrowth / 1024,
            coldMs: coldSeconds * 1000,
            coldFirstByteMs: report["coldFirstByteMs"] ?? Number.NaN,
          },
        };
      },
      method:
        "a server of its own for each run; time to the first byte and in all: the second listing; memory and the other's longest " +
        "wait for a reply: both; median of the runs",
    }),
};
