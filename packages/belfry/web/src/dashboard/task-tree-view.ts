import { html, nothing, render, type TemplateResult } from "lit-html";
import { repeat } from "lit-html/directives/repeat.js";
import type { TaskPage } from "../../../src/inspect/host-view.js";
import { describeMissing } from "./describe-missing.js";
import { formatCount, formatSpan } from "./format.js";
import { buildTaskTree, countWorkers, listRows, type TaskNode, type TreeRow, waitsOf } from "./task-tree.js";

/** Tasks asked for at a time. */
const LIMIT = 10_000;
/** Children of a node shown at first, and more at a time. */
const CHILDREN = 100;
/** A listing of at most so many tasks is asked for again by itself. */
const REFRESHED = 1000;
const REFRESH_EVERY = 2000;

/**
 * Shows the live tasks as a tree in `container`, once they are asked for: they are many, and listing them costs the host.
 * A short listing is kept up to date while it is in view.
 */
export function showTaskTree(container: HTMLElement): void {
  new TaskTreeView(container).render();
}

class TaskTreeView {
  readonly #container: HTMLElement;
  readonly #expanded = new Set<string>();
  readonly #limits = new Map<string, number>();
  #tree: readonly TaskNode[] = [];
  #rows: readonly TreeRow[] = [];
  #page: TaskPage | null = null;
  #error: string | null = null;
  #active: string | null = null;
  #isInView = false;
  #isLoading = false;

  constructor(container: HTMLElement) {
    this.#container = container;
    new IntersectionObserver(([entry]) => (this.#isInView = entry?.isIntersecting === true)).observe(container);
    window.setInterval(() => {
      const isShort = this.#page !== null && this.#page.total <= REFRESHED;
      if (isShort && this.#isInView && !document.hidden) void this.#load();
    }, REFRESH_EVERY);
  }

  render(): void {
    const at = this.#rows.findIndex(({ node }) => node.key === this.#active);
    const hadFocus = this.#container.querySelector("[role=treeitem]:focus") !== null;
    this.#rows = listRows(this.#tree, this.#expanded, this.#limits, CHILDREN);
    const isThere = this.#rows.some(({ node }) => node.key === this.#active);
    // A task that has ended leaves its place to the next one.
    if (!isThere) this.#active = (this.#rows[Math.max(at, 0)] ?? this.#rows.at(-1))?.node.key ?? null;
    render(html`${this.#toolbar()}${this.#page === null ? nothing : this.#list()}`, this.#container);
    if (hadFocus && !isThere) this.#item(this.#active)?.focus();
  }

  async #load(): Promise<void> {
    if (this.#isLoading) return;
    this.#isLoading = true;
    try {
      const response = await fetch(`/debug/tasks?limit=${LIMIT}`);
      if (!response.ok) throw new Error(`the host answered ${response.status}`);
      this.#page = (await response.json()) as TaskPage;
      this.#tree = buildTaskTree(this.#page.tasks);
      this.#error = null;
    } catch (error) {
      this.#error = error instanceof Error ? error.message : String(error);
    } finally {
      this.#isLoading = false;
    }
    this.render();
  }

  #toolbar(): TemplateResult {
    return html`<div class="toolbar">
      <button class="button" type="button" @click=${() => void this.#load()}>
        ${this.#page === null ? "List the tasks" : "Refresh"}
      </button>
      <p class="note">${this.#note()}</p>
    </div>`;
  }

  #note(): string {
    if (this.#error !== null) return `Cannot list the tasks: ${this.#error}`;
    if (this.#page === null) return "From service to connection to reader and writer. Listed when asked for.";
    const count = countTasks(this.#page);
    const { missing } = this.#page;
    return missing === undefined ? count : `${count}; ${describeMissing(missing)}`;
  }

  #list(): TemplateResult {
    return html`<div
      class="tree"
      role="tree"
      aria-label="Live tasks"
      @keydown=${(event: KeyboardEvent) => this.#onKey(event)}
    >
      ${repeat(
        this.#rows,
        ({ node }) => node.key,
        (row) => this.#row(row),
      )}
    </div>`;
  }

  #row(row: TreeRow): TemplateResult {
    const { node, level } = row;
    const isBranch = node.children.length > 0;
    return html`<div
        class="tree-row level-${Math.min(level, 6)}"
        role="treeitem"
        data-key=${node.key}
        aria-level=${level}
        aria-posinset=${row.position}
        aria-setsize=${row.siblings}
        aria-expanded=${isBranch ? String(row.isExpanded) : nothing}
        tabindex=${node.key === this.#active ? 0 : -1}
        @click=${() => this.#onClick(row)}
      >
        <span class="twist" aria-hidden="true">${isBranch ? "›" : ""}</span>
        <span class="tree-label">${node.label}</span>
        ${node.size > 0 ? html`<span class="badge">${formatCount(node.size)}</span>` : nothing} ${this.#about(node)}
      </div>
      ${row.hidden > 0 ? this.#more(row) : nothing}`;
  }

  #about(node: TaskNode): TemplateResult | typeof nothing {
    const [task] = node.tasks;
    if (task === undefined) return nothing;
    const workers = countWorkers(node);
    return html`${workers === 1 ? nothing : html`<span class="tree-times">in ${workers} workers</span>`}
      <span class="tree-wait">${waitsOf(node)}</span>
      <span class="tree-age">${formatSpan(task.age)}</span>`;
  }

  /** Not an item of the tree: by keyboard, the down arrow on the last item does the same. */
  #more(row: TreeRow): TemplateResult {
    return html`<div class="tree-row tree-more level-${Math.min(row.level, 6)}" role="none">
      <button class="link" type="button" tabindex="-1" @click=${() => this.#showMore(row)}>
        ${formatCount(row.hidden)} more
      </button>
    </div>`;
  }

  #showMore(row: TreeRow): void {
    const above = this.#rows[row.parent]?.node.key;
    if (above === undefined) return;
    this.#limits.set(above, (this.#limits.get(above) ?? CHILDREN) + CHILDREN);
    this.render();
  }

  #onClick({ node, isExpanded }: TreeRow): void {
    this.#setExpanded(node, !isExpanded);
    this.#focus(node.key);
  }

  #setExpanded(node: TaskNode, isExpanded: boolean): void {
    if (isExpanded && node.children.length > 0) this.#expanded.add(node.key);
    else this.#expanded.delete(node.key);
    this.render();
  }

  #focus(key: string | undefined): void {
    if (key === undefined) return;
    this.#active = key;
    this.render();
    this.#item(key)?.focus();
  }

  #item(key: string | null): HTMLElement | null {
    return key === null ? null : this.#container.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`);
  }

  /** @see https://www.w3.org/WAI/ARIA/apg/patterns/treeview/#keyboardinteraction */
  #onKey(event: KeyboardEvent): void {
    const at = this.#rows.findIndex(({ node }) => node.key === this.#active);
    const row = this.#rows[at];
    const act = KEYS[event.key];
    if (row === undefined || act === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    const step = act(row, at, this.#rows);
    if (typeof step === "number") {
      if (step === at + 1 && row.hidden > 0 && !row.isExpanded) this.#showMore(row);
      this.#focus(this.#rows[step]?.node.key);
    } else {
      this.#setExpanded(row.node, step === "unfold");
    }
  }
}

function countTasks({ total, tasks, missing }: TaskPage): string {
  if (total === 0) return missing === undefined ? "No task is live." : "No task";
  const count = `${formatCount(total)} live ${total === 1 ? "task" : "tasks"}`;
  if (tasks.length < total) return `${count}, the oldest ${formatCount(tasks.length)} shown`;
  return total <= REFRESHED ? `${count}, kept up to date` : count;
}

/** What a key does: to go to the row of an index, or to fold or unfold the one it is on. */
type KeyAct = (row: TreeRow, at: number, rows: readonly TreeRow[]) => number | "fold" | "unfold";

const KEYS: Readonly<Record<string, KeyAct | undefined>> = {
  ArrowDown: (_row, at) => at + 1,
  ArrowUp: (_row, at) => at - 1,
  ArrowRight: (row, at) => (row.node.children.length === 0 ? at : row.isExpanded ? at + 1 : "unfold"),
  ArrowLeft: (row) => (row.isExpanded ? "fold" : row.parent),
  Home: () => 0,
  End: (_row, _at, rows) => rows.length - 1,
  Enter: (row) => (row.isExpanded ? "fold" : "unfold"),
  " ": (row) => (row.isExpanded ? "fold" : "unfold"),
};
