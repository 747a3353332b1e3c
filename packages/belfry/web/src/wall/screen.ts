/** Makes a button go over to full screen and back, where the browser can. */
export function wireFullScreen(button: HTMLButtonElement): void {
  button.hidden = !document.fullscreenEnabled;
  const toggle = (): void => {
    const change =
      document.fullscreenElement === null ? document.documentElement.requestFullscreen() : document.exitFullscreen();
    // The browser may say no; then all stays as it is.
    change.catch(() => {});
  };
  button.addEventListener("click", toggle);
}

/** Keeps the screen on while the page is seen, where the browser allows it: a wall is looked at, not touched. */
export function stayAwake(): void {
  if (!("wakeLock" in navigator)) return;
  const ask = (): void => {
    // It is let go whenever the page is hidden, and is refused on a low battery.
    if (!document.hidden) navigator.wakeLock.request("screen").catch(() => {});
  };
  document.addEventListener("visibilitychange", ask);
  ask();
}

/** For so long nobody has to have moved, in milliseconds, for the pointer to be in the way. */
const STILL = 4000;

/** Takes pointer and controls off a wall that is only looked at; any movement, touch or key brings them back. */
export function hideWhenStill(): void {
  let timer: number | undefined;
  const moved = (): void => {
    document.body.classList.remove("is-idle");
    window.clearTimeout(timer);
    timer = window.setTimeout(() => document.body.classList.add("is-idle"), STILL);
  };
  for (const event of ["pointermove", "pointerdown", "keydown", "focusin"]) document.addEventListener(event, moved);
  moved();
}
