import type { HostStatus } from "../inspect/host-view.js";
import { formatAge } from "../text/format-age.js";
import { formatCount } from "./format.js";
import type { Cell } from "./grid.js";
import type { Style } from "../terminal/paint.js";

const STYLES: Readonly<Record<HostStatus["state"], Style>> = { starting: "cyan", serving: "green", draining: "yellow" };

/**
 * What there is to say of the host itself, the most telling first.
 *
 * @param lost since when it has not answered; `null` when it does.
 */
export function describeHost(status: HostStatus, now: number, lost: { readonly since: number } | null = null): Cell[] {
  const { generation, crashes, startFailures } = status;
  return [
    { text: `belfry ${status.version}`, style: "bold" },
    ...(lost === null ? describeState(status) : [gone(now - lost.since)]),
    ...describeMissing(status, now),
    { text: `pid ${status.pid}` },
    { text: `up ${formatAge(now - status.startedAt)}` },
    { text: `generation ${generation}` },
    ...(crashes > 0 ? [{ text: `${formatCount(crashes)} crashed`, style: "red" } as const] : []),
    ...(startFailures > 0 ? [{ text: `${formatCount(startFailures)} not started`, style: "red" } as const] : []),
    ...describeReloads(status, now),
    { text: status.config ?? "default set", style: "dim" },
    { text: `Node ${status.node.replace(/^v/, "")}`, style: "dim" },
  ];
}

function describeState({ state, isReady }: HostStatus): Cell[] {
  const ready: Cell = isReady ? { text: "ready", style: "green" } : { text: "not ready", style: "yellow" };
  // A host that drains is never ready.
  return [{ text: `● ${state}`, style: STYLES[state] }, ...(state === "draining" ? [] : [ready])];
}

/** Workers that a host that serves should have, and has not: they load, or wait to be started anew. */
function describeMissing(status: HostStatus, now: number): Cell[] {
  const { state, generation, plannedWorkers, nextStartAt, workers } = status;
  const there = workers.filter((worker) => worker.generation === generation && worker.state !== "draining").length;
  const missing = plannedWorkers - there;
  if (state !== "serving" || missing <= 0) return [];
  const next = nextStartAt === null ? "starting" : `next start in ${formatAge(nextStartAt - now)}`;
  return [{ text: `${missing} of ${plannedWorkers} workers missing, ${next}`, style: "red" }];
}

function gone(span: number): Cell {
  return { text: `✕ no answer for ${formatAge(span)}, still looking`, style: ["bold", "red"] };
}

function describeReloads({ reloads }: HostStatus, now: number): Cell[] {
  if (reloads.lastAt === null) return [];
  const when = `${formatAge(now - reloads.lastAt)} ago`;
  if (reloads.lastError !== null) return [{ text: `reload failed ${when}`, style: "red" }];
  return [{ text: `reloaded ${when}` }];
}
