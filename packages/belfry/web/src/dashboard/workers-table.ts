import { html, type TemplateResult } from "lit-html";
import type { HostStatus, WorkerStatus } from "../../../src/inspect/host-view.js";
import { formatBytes, formatCount, formatDelay, formatShare, formatSpan } from "./format.js";

const STATE_MARKS = { starting: "warn", serving: "good", draining: "warn", stuck: "bad" } as const;

/** The worker processes. */
export function workersTable(status: HostStatus, now: number): TemplateResult {
  const { workers, crashes, startFailures } = status;
  const missing = missingText(status, now);
  if (workers.length === 0) return html`<p class="empty">No worker runs.${missing}</p>`;
  return html`<table class="cards workers" role="table" aria-label="Workers">
      <thead role="rowgroup">
        <tr role="row">
          <th role="columnheader" scope="col">Worker</th>
          <th role="columnheader" scope="col">State</th>
          <th role="columnheader" scope="col" class="number">Conns</th>
          <th role="columnheader" scope="col" class="number">Busy</th>
          <th role="columnheader" scope="col" class="number">Loop p99</th>
          <th role="columnheader" scope="col" class="number">Memory</th>
          <th role="columnheader" scope="col" class="number">Up</th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${workers.map((worker) => workerRow(worker, now))}
      </tbody>
    </table>
    <p class="note below ${crashes > 0 ? "warn-text" : ""}">${crashesText(crashes, startFailures)}${missing}</p>`;
}

function crashesText(crashes: number, startFailures: number): string {
  if (crashes === 0) return "No worker has crashed.";
  const failures = startFailures === 0 ? "" : `, ${formatCount(startFailures)} could not be started`;
  return `${formatCount(crashes)} crashed${failures} since the host started.`;
}

/** What there is to say of workers that are to be replaced, behind another sentence. */
function missingText(status: HostStatus, now: number): string {
  const { state, generation, plannedWorkers, nextStartAt, workers } = status;
  const there = workers.filter((worker) => worker.generation === generation && worker.state !== "draining").length;
  const missing = plannedWorkers - there;
  if (state !== "serving" || missing <= 0) return "";
  const next = nextStartAt === null ? "starting" : `the next start is in ${formatSpan(nextStartAt - now)}`;
  return ` ${formatCount(missing)} of ${formatCount(plannedWorkers)} missing: ${next}.`;
}

function workerRow(worker: WorkerStatus, now: number): TemplateResult {
  const { number, pid, state, generation, connections, loopUtilization, loopDelay, memory, startedAt } = worker;
  return html`<tr role="row">
    <th role="rowheader" scope="row">
      <span class="name">${number}</span><span class="sub">pid ${pid} · gen ${generation}</span>
    </th>
    <td role="cell" class="state-cell">
      <span class="state ${STATE_MARKS[state]}"><span class="dot" aria-hidden="true"></span>${state}</span>
    </td>
    <td role="cell" data-label="Conns" class="number">${formatCount(connections)}</td>
    <td role="cell" data-label="Busy" class="number">${formatShare(loopUtilization)}</td>
    <td role="cell" data-label="Loop delay p99" class="number ${loopDelay.p99 > 0.1 ? "warn-text" : ""}">
      ${formatDelay(loopDelay.p99)}
    </td>
    <td role="cell" data-label="Memory" class="number">${formatBytes(memory.rss)}</td>
    <td role="cell" data-label="Up" class="number">${formatSpan(now - startedAt)}</td>
  </tr>`;
}
