import { measureSolo } from "../src/solo.mjs";
import { ECHO_SERVERS } from "./echo-servers.mjs";

/** @import { Workload } from "../src/types.js" */

const CONNECTIONS = 10_000;

/** @type {Workload} */
export const idle = {
  name: "idle",
  title: "Idle connections",
  about: `What ${CONNECTIONS.toLocaleString("en")} connections add to the server's memory, each after 64 bytes there and back.`,
  reference: "go",
  cases: [{ name: "10000", title: "KiB a connection" }],
  // io.Copy keeps a pipe for each connection: 30,000 descriptors, which few systems allow.
  peers: ECHO_SERVERS.filter((peer) => peer.name !== "go-copy"),
  rounds: 3,
  columns: [{ title: "resident memory", figure: "kibPerConnection", format: "decimal" }],
  measure: (run) =>
    measureSolo(run, {
      load: "idle",
      args: () => ({ conns: CONNECTIONS, size: 64, seconds: 1 }),
      toSample: (report) => ({
        at: Date.now() / 1000,
        rate: Number.NaN,
        cpu: Number.NaN,
        // Memory does not depend on what else runs.
        wait: 0,
        figures: {
          kibPerConnection: report["kibPerConnection"] ?? Number.NaN,
          kibBefore: report["kibBefore"] ?? Number.NaN,
          kibPinged: report["kibPinged"] ?? Number.NaN,
          idleUse: (report["serverCpu"] ?? 0) / (report["seconds"] ?? 1),
        },
      }),
      method:
        "a server of its own for each run; one connection opened, used and closed before the first reading; median of the runs",
    }),
};
