// Runs before the page is drawn, so that a chosen theme does not flash in: a plain script, without imports or exports.
try {
  const chosen = localStorage.getItem("belfry-theme");
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset["theme"] = chosen;
} catch {
  // Storage may be forbidden; then the system's scheme holds.
}
