import { html, nothing, type TemplateResult } from "lit-html";
import type { HostStatus, ReloadStatus } from "../../../src/inspect/host-view.js";
import { formatCount, formatSpan, formatTime } from "./format.js";

/** The host at a glance: whether it is ready, and what it is. */
export function hostLine(status: HostStatus, now: number): TemplateResult {
  const { version, pid, node, startedAt, generation, config, crashes, reloads } = status;
  return html`${readiness(status)}
    <dl class="facts">
      ${fact("version", version)} ${fact("up", formatSpan(now - startedAt))} ${fact("pid", String(pid))}
      ${fact("node", node.replace(/^v/, ""))} ${fact("generation", String(generation))}
      ${fact("reloads", reloadText(reloads))} ${fact("crashes", formatCount(crashes), crashes > 0 ? "warn" : "")}
      ${config === null ? nothing : fact("config", html`<bdi>${config}</bdi>`, "path")}
    </dl>
    ${
      reloads.lastError === null
        ? nothing
        : html`<p class="notice bad">The last reload changed nothing: ${reloads.lastError}</p>`
    }`;
}

function readiness({ state, isReady }: HostStatus): TemplateResult {
  const mark = isReady ? "good" : "warn";
  const text = isReady ? "ready" : state === "serving" ? "not ready" : state;
  return html`<p class="pill ${mark}"><span class="dot" aria-hidden="true"></span>${text}</p>`;
}

function fact(name: string, value: string | TemplateResult, mark = ""): TemplateResult {
  return html`<div class="fact ${mark}">
    <dt>${name}</dt>
    <dd>${value}</dd>
  </div>`;
}

function reloadText({ succeeded, failed, lastAt }: ReloadStatus): string {
  if (lastAt === null) return "none";
  const count = failed === 0 ? formatCount(succeeded) : `${formatCount(succeeded)}, ${formatCount(failed)} failed`;
  return `${count} · ${formatTime(lastAt)}`;
}
