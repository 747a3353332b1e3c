import { html, nothing, type TemplateResult } from "lit-html";
import type { ServiceStatus } from "../../../src/inspect/host-view.js";
import { formatByteRate, formatCount, formatRate } from "./format.js";
import type { RateMeter, Rates } from "./rates.js";

/** What of a service is shown by the second. */
export type ServiceCounts = { readonly accepted: number; readonly read: number; readonly written: number };

/** The counters of a service whose rates are shown. */
export function serviceCounts({ counters }: ServiceStatus): ServiceCounts {
  const { connections_accepted_total, read_bytes_total, written_bytes_total } = counters;
  return { accepted: connections_accepted_total, read: read_bytes_total, written: written_bytes_total };
}

const STATE_MARKS = { serving: "good", suspended: "warn", down: "bad", draining: "warn", finished: "bad" } as const;

/** The services, with what they do now. */
export function servicesTable(services: readonly ServiceStatus[], meter: RateMeter<ServiceCounts>): TemplateResult {
  if (services.length === 0) return html`<p class="empty">No service is configured.</p>`;
  return html`<table class="cards services" role="table" aria-label="Services">
    <thead role="rowgroup">
      <tr role="row">
        <th role="columnheader" scope="col">Service</th>
        <th role="columnheader" scope="col">State</th>
        <th role="columnheader" scope="col">Addresses</th>
        <th role="columnheader" scope="col" class="number">Conns</th>
        <th role="columnheader" scope="col" class="number">New</th>
        <th role="columnheader" scope="col" class="number">In</th>
        <th role="columnheader" scope="col" class="number">Out</th>
      </tr>
    </thead>
    <tbody role="rowgroup">
      ${services.map((service) => serviceRow(service, meter.of(service.name)))}
    </tbody>
  </table>`;
}

function serviceRow(service: ServiceStatus, rates: Rates<ServiceCounts> | undefined): TemplateResult {
  const { name, kind, state } = service;
  return html`<tr role="row">
    <th role="rowheader" scope="row">
      <span class="name">${name}</span>${kind === name ? nothing : html`<span class="sub">${kind}</span>`}
    </th>
    <td role="cell" class="state-cell">
      <span class="state ${STATE_MARKS[state]}"><span class="dot" aria-hidden="true"></span>${state}</span>
    </td>
    <td role="cell" data-label="Addresses" class="addresses">${addresses(service)}</td>
    <td role="cell" data-label="Conns" class="number">${places(service)}</td>
    <td role="cell" data-label="New" class="number">${formatRate(rates?.accepted)}</td>
    <td role="cell" data-label="In" class="number">${formatByteRate(rates?.read)}</td>
    <td role="cell" data-label="Out" class="number">${formatByteRate(rates?.written)}</td>
  </tr>`;
}

function addresses({ addresses, isSecure, isProxied }: ServiceStatus): TemplateResult {
  return html`<span class="address-list"
    >${addresses.map((address) => html`<code>${address}</code>`)}${
      isSecure ? html`<span class="mark">TLS</span>` : nothing
    }${isProxied ? html`<span class="mark">PROXY</span>` : nothing}</span
  >`;
}

function places({ counters, maxConns }: ServiceStatus): TemplateResult {
  const { connections_open: open, connections_waiting: waiting } = counters;
  return html`<span class="places"
    ><span
      >${formatCount(open)}${
        maxConns === null ? nothing : html`<span class="of"> of ${formatCount(maxConns)}</span>`
      }</span
    >${
      maxConns === null || open < maxConns * 0.05
        ? nothing
        : html`<meter min="0" max=${maxConns} high=${maxConns * 0.9} value=${open} aria-label="places taken"></meter>`
    }${waiting === 0 ? nothing : html`<span class="warn-text">${formatCount(waiting)} waiting</span>`}</span
  >`;
}
