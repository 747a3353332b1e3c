import { bulk } from "./bulk.mjs";
import { churn } from "./churn.mjs";
import { echo } from "./echo.mjs";
import { lines } from "./lines.mjs";

/**
 * Every workload, in the order they run and their tables stand.
 *
 * @type {readonly import("../src/types.js").Workload[]}
 */
export const WORKLOADS = [echo, lines, bulk, churn];
