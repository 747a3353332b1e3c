import { bulk } from "./bulk.mjs";
import { channels } from "./channels.mjs";
import { churn } from "./churn.mjs";
import { clock } from "./clock.mjs";
import { echo } from "./echo.mjs";
import { idle } from "./idle.mjs";
import { lines } from "./lines.mjs";
import { netcat } from "./netcat.mjs";

/**
 * Every workload, in the order they run and their tables stand.
 *
 * @type {readonly import("../src/types.js").Workload[]}
 */
export const WORKLOADS = [echo, lines, bulk, churn, idle, clock, channels, netcat];
