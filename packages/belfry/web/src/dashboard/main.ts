import { html, nothing, render, type TemplateResult } from "lit-html";
import type { FeedMessages } from "../../../src/debug/feed-messages.js";
import { type Feed, openFeed } from "../feed.js";
import { find } from "../find.js";
import { wireThemeToggle } from "../theme-toggle.js";
import { connectionsNote, connectionsTable, type ConnectionsView } from "./connections-table.js";
import { wireQuery } from "./connections-query.js";
import { formatSpan } from "./format.js";
import { hostLine } from "./host-line.js";
import { PageState } from "./page-state.js";
import { showPlots } from "./plots.js";
import { servicesTable } from "./services-table.js";
import { showTaskTree } from "./task-tree-view.js";
import { workersTable } from "./workers-table.js";

/** A host that says nothing for so long is not well. */
const SILENCE = 4000;
/** What has happened is news for so long. */
const NEWS = 10_000;

const part = (id: string): HTMLElement => find(document, `#${id}`, HTMLElement);

const state = new PageState();
const plots = showPlots(part("plots"), state.series);
const query = wireQuery(find(document, "#query", HTMLFormElement), () => follow());
let feed: Feed | null = null;

/** Opens the feed that the controls ask for, in place of the one before. */
function follow(): void {
  feed?.close();
  feed = openFeed<FeedMessages>(query.address(), {
    messages: {
      hello: (message) => show(() => state.hello(message)),
      status: (message) => show(() => state.update(message)),
      connections: (message) => show(() => state.list(message), drawConnections),
    },
    onState(isOpen) {
      state.isOpen = isOpen;
      if (isOpen) state.heardAt = Date.now();
      drawLink();
    },
  });
}

/** Takes a message in, and draws what it changes; a page that nobody sees is drawn when somebody does. */
function show(take: () => void, draw: () => void = drawHost): void {
  take();
  if (document.hidden) return;
  draw();
  drawLink();
}

function drawHost(): void {
  const { status, hostNow } = state;
  if (status === null) return;
  query.offer(status.services.map(({ name }) => name));
  part("wall-link").hidden = !status.services.some(({ kind }) => kind === "clock");
  render(hostLine(status, hostNow), part("host"));
  render(servicesTable(status.services, state.serviceMeter), part("services"));
  render(workersTable(status, hostNow), part("workers"));
  plots.update();
}

function drawConnections(): void {
  const { page, connectionMeter: meter, hostNow: now } = state;
  const view: ConnectionsView = { page, meter, isFiltered: query.isFiltered(), now };
  render(connectionsNote(view), part("connections-note"));
  render(connectionsTable(view), part("connections"));
}

/** Says when what is shown is no longer so. */
function drawLink(): void {
  const silent = Date.now() - state.heardAt;
  const isFresh = state.isOpen && (silent < SILENCE || state.status === null);
  document.documentElement.classList.toggle("is-stale", !isFresh && state.status !== null);
  render(isFresh ? restartNotice() : linkNotice(silent), part("link"));
}

function linkNotice(silent: number): TemplateResult | typeof nothing {
  // How long is not read out, for it changes each second.
  const since = html`<span aria-hidden="true">${formatSpan(silent)}</span>`;
  if (state.isOpen) return html`<p class="notice warn">The host is silent. Its last word is ${since} old.</p>`;
  if (state.heardAt === 0 && state.status === null) return html`<p class="notice warn">Connecting to the host…</p>`;
  return html`<p class="notice bad">The host does not answer; trying again. What is shown is ${since} old.</p>`;
}

function restartNotice(): TemplateResult | typeof nothing {
  const { restartedAt } = state;
  if (restartedAt === null || Date.now() - restartedAt > NEWS) return nothing;
  return html`<p class="notice good">The host has started anew.</p>`;
}

function drawAll(): void {
  drawHost();
  drawConnections();
  drawLink();
}

wireThemeToggle(find(document, "#theme", HTMLButtonElement), () => plots.recolour());
showTaskTree(part("tasks"));
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) drawAll();
});
window.setInterval(drawLink, 1000);
drawAll();
follow();
