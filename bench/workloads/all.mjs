import { bulk } from "./bulk.mjs";
import { channels } from "./channels.mjs";
import { churn } from "./churn.mjs";
import { clock } from "./clock.mjs";
import { echo } from "./echo.mjs";
import { ftpIdle } from "./ftp-idle.mjs";
import { ftpList } from "./ftp-list.mjs";
import { ftpMany } from "./ftp-many.mjs";
import { ftpSmall } from "./ftp-small.mjs";
import { ftpTls } from "./ftp-tls.mjs";
import { ftpTransfer } from "./ftp-transfer.mjs";
import { hostAnswers, hostDashboard } from "./host-dashboard.mjs";
import { hostEcho } from "./host-echo.mjs";
import { hostReload } from "./host-reload.mjs";
import { hostTracking } from "./host-tracking.mjs";
import { idle } from "./idle.mjs";
import { lines } from "./lines.mjs";
import { netcat } from "./netcat.mjs";

const FTP = [ftpTransfer, ftpTls, ftpSmall, ftpMany, ftpList, ftpIdle];

const HOST = [hostEcho, hostTracking, hostReload, hostDashboard, hostAnswers];

/**
 * Every workload, in the order they run and their tables stand.
 *
 * @type {readonly import("../src/types.js").Workload[]}
 */
export const WORKLOADS = [echo, lines, bulk, churn, idle, clock, channels, netcat, ...FTP, ...HOST];
