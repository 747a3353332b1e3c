const KEY = "belfry-theme";

/**
 * Makes a button go over from light to dark and back. What was chosen is kept in the browser until it is what the system
 * says anyway; `apply-theme.ts` reads it on the next visit.
 *
 * @param onChange called after each change of scheme, the system's own too.
 */
export function wireThemeToggle(button: HTMLButtonElement, onChange: () => void = () => {}): void {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const root = document.documentElement;
  const isDark = (): boolean => (root.dataset["theme"] ?? (system.matches ? "dark" : "light")) === "dark";
  const show = (): void => {
    button.setAttribute("aria-pressed", String(isDark()));
    onChange();
  };
  button.addEventListener("click", () => {
    const isNowDark = !isDark();
    if (isNowDark === system.matches) delete root.dataset["theme"];
    else root.dataset["theme"] = isNowDark ? "dark" : "light";
    keep(root.dataset["theme"]);
    show();
  });
  system.addEventListener("change", show);
  show();
}

function keep(theme: string | undefined): void {
  try {
    if (theme === undefined) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, theme);
  } catch {
    // Storage may be forbidden; then the choice holds for this visit.
  }
}
