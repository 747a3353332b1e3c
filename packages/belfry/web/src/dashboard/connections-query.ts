/** The controls that say which connections are listed. */
export interface QueryControls {
  readonly form: HTMLFormElement;
  readonly service: HTMLSelectElement;
  /** Whether some are left out. */
  isFiltered(): boolean;
  /** Where a feed of what the controls say is. */
  address(): string;
  /** Shows the names of the services to choose from. */
  offer(services: readonly string[]): void;
}

/** Typing is over when nothing has been typed for so long. */
const TYPING = 300;

/**
 * Finds the controls on the page.
 *
 * @param onChange called when they say something else than before.
 */
export function wireQuery(form: HTMLFormElement, onChange: () => void): QueryControls {
  const service = form.elements.namedItem("service") as HTMLSelectElement;
  let timer: number | undefined;
  let offered = "";
  const value = (name: string): string => {
    const entry = new FormData(form).get(name);
    return typeof entry === "string" ? entry.trim() : "";
  };
  const address = (): string => {
    const query = new URLSearchParams({ order: value("order"), limit: value("limit") });
    for (const name of ["service", "filter"]) if (value(name) !== "") query.set(name, value(name));
    return `/debug/feed?${query.toString()}`;
  };
  let asked = address();
  const changed = (): void => {
    if (address() === asked) return;
    asked = address();
    onChange();
  };
  form.addEventListener("input", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(changed, TYPING);
  });
  form.addEventListener("change", changed);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    changed();
  });
  return {
    form,
    service,
    address,
    isFiltered: () => value("service") !== "" || value("filter") !== "",
    offer(services) {
      if (services.join("\n") === offered) return;
      offered = services.join("\n");
      const chosen = service.value;
      service.replaceChildren(new Option("all services", ""), ...services.map((name) => new Option(name, name)));
      service.value = services.includes(chosen) ? chosen : "";
    },
  };
}
