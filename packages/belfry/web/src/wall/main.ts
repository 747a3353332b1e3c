import type { WallFeedMessages, WebFace } from "../../../src/clockwall/feed-messages.js";
import { openFeed } from "../feed.js";
import { find } from "../find.js";
import { wireThemeToggle } from "../theme-toggle.js";
import { ClockView } from "./clock-view.js";
import { layOut } from "./layout.js";
import { hideWhenStill, stayAwake, wireFullScreen } from "./screen.js";
import { apartText, countText } from "./words.js";

const wall = find(document, "#wall", HTMLElement);
const count = find(document, "#count", HTMLElement);
const apart = find(document, "#apart", HTMLElement);
const template = find(document, "#clock", HTMLTemplateElement);

const clocks = new Map<string, ClockView>();
let isOpen = false;
/** Whether the wall has been told at all. */
let isBuilt = false;

function build(faces: readonly WebFace[]): void {
  isBuilt = true;
  clocks.clear();
  for (const face of faces) clocks.set(face.name, new ClockView(template, face));
  wall.replaceChildren(...[...clocks.values()].map(({ element }) => element));
  arrange();
  tell();
}

function update(faces: readonly WebFace[]): void {
  for (const face of faces) clocks.get(face.name)?.show(face);
  tell();
}

function arrange(): void {
  const { columns, dial } = layOut(clocks.size, { width: wall.clientWidth, height: wall.clientHeight });
  wall.style.setProperty("--columns", String(columns));
  wall.style.setProperty("--dial", `${Math.floor(dial)}px`);
}

/** What changes with time alone, and what is said of all. */
function tell(): void {
  for (const clock of clocks.values()) clock.tell(Date.now());
  document.documentElement.classList.toggle("is-lost", !isOpen);
  const faces = [...clocks.values()].map(({ face }) => face);
  // The count is read out when it changes; how far they are apart changes each second.
  const words = isOpen ? countText(faces) : "The wall’s host does not answer; trying again";
  write(count, isBuilt ? words : "Connecting…");
  write(apart, isOpen ? apartText(faces) : "");
}

function write(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

wireThemeToggle(find(document, "#theme", HTMLButtonElement));
wireFullScreen(find(document, "#full-screen", HTMLButtonElement));
stayAwake();
hideWhenStill();
new ResizeObserver(arrange).observe(wall);
window.setInterval(tell, 1000);
openFeed<WallFeedMessages>("/wall/feed", {
  messages: { wall: ({ faces }) => build(faces), faces: ({ faces }) => update(faces) },
  onState(isNowOpen) {
    isOpen = isNowOpen;
    tell();
  },
});
