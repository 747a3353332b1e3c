import { html, nothing, type TemplateResult } from "lit-html";
import type { ConnectionPage, ConnectionStatus } from "../../../src/inspect/host-view.js";
import { describeMissing } from "./describe-missing.js";
import { formatByteRate, formatBytes, formatCount, formatSpan } from "./format.js";
import type { RateMeter, Rates } from "./rates.js";

/** What of a connection is shown by the second. */
export type ConnectionCounts = { readonly read: number; readonly written: number };

/** What is listed of the connections, as the page knows it. */
export interface ConnectionsView {
  /** `null` before the first page has come. */
  readonly page: ConnectionPage | null;
  readonly meter: RateMeter<ConnectionCounts>;
  /** Whether the reader has asked for some of them only. */
  readonly isFiltered: boolean;
  readonly now: number;
}

/** The counters of a connection whose rates are shown. */
export function connectionCounts({ bytesRead, bytesWritten }: ConnectionStatus): ConnectionCounts {
  return { read: bytesRead, written: bytesWritten };
}

/** How many there are, how many of them are listed, and whose are not. */
export function connectionsNote({ page, isFiltered }: ConnectionsView): string {
  if (page === null) return "";
  const { total, connections, missing } = page;
  const what = `${formatCount(total)} ${isFiltered ? "found" : total === 1 ? "connection" : "connections"}`;
  const count = connections.length < total ? `${formatCount(connections.length)} of ${what}` : what;
  return missing === undefined ? count : `${count}; ${describeMissing(missing)}`;
}

/** The connections, in the order of the page. */
export function connectionsTable({ page, meter, isFiltered, now }: ConnectionsView): TemplateResult {
  if (page === null) return html`<p class="empty">Waiting for the first listing…</p>`;
  if (page.connections.length === 0) return html`<p class="empty">${describeEmpty(page, isFiltered)}</p>`;
  return html`<table class="cards" role="table" aria-label="Connections">
    <thead role="rowgroup">
      <tr role="row">
        <th role="columnheader" scope="col">Connection</th>
        <th role="columnheader" scope="col">From</th>
        <th role="columnheader" scope="col" class="number">Age</th>
        <th role="columnheader" scope="col" class="number">In</th>
        <th role="columnheader" scope="col" class="number">Out</th>
        <th role="columnheader" scope="col" class="number">Read</th>
        <th role="columnheader" scope="col" class="number">Written</th>
        <th role="columnheader" scope="col" class="number">Queued</th>
      </tr>
    </thead>
    <tbody role="rowgroup">
      ${page.connections.map((connection) => connectionRow(connection, meter.of(connection.id), now))}
    </tbody>
  </table>`;
}

function describeEmpty({ missing }: ConnectionPage, isFiltered: boolean): string {
  if (isFiltered) return "No connection answers to this.";
  return missing === undefined ? "Nobody is connected." : "Nobody is connected to a worker that answers.";
}

function connectionRow(
  { id, remoteAddr, proxyAddr, state, since, bytesRead, bytesWritten, bytesQueued }: ConnectionStatus,
  rates: Rates<ConnectionCounts> | undefined,
  now: number,
): TemplateResult {
  return html`<tr role="row">
    <th role="rowheader" scope="row">
      <span class="name">${id}</span>${state === "serving" ? nothing : html`<span class="mark warn">${state}</span>`}
    </th>
    <td role="cell" data-label="From">
      <code>${remoteAddr}</code
      >${proxyAddr === undefined ? nothing : html`<span class="sub">via <code>${proxyAddr}</code></span>`}
    </td>
    <td role="cell" data-label="Age" class="number">${formatSpan(now - since)}</td>
    ${rate("In", rates?.read)} ${rate("Out", rates?.written)}
    <td role="cell" data-label="Read" class="number">${formatBytes(bytesRead)}</td>
    <td role="cell" data-label="Written" class="number">${formatBytes(bytesWritten)}</td>
    <td role="cell" data-label="Queued" class="number ${bytesQueued > 0 ? "queued" : "quiet"}">
      ${formatBytes(bytesQueued)}
    </td>
  </tr>`;
}

function rate(label: string, value: number | undefined): TemplateResult {
  return html`<td role="cell" data-label=${label} class="number ${value === undefined || value === 0 ? "quiet" : ""}">
    ${formatByteRate(value)}
  </td>`;
}
