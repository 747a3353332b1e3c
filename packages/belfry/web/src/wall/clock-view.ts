import type { WebFace } from "../../../src/clockwall/feed-messages.js";
import { find } from "../find.js";
import { handAngles, parseTime, turnTo } from "./hands.js";
import { stateText } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";
const NO_TIME = "––:––:––";
const HANDS = ["hour", "minute", "second"] as const;

/** A clock on the page. */
export class ClockView {
  readonly element: HTMLElement;
  readonly #hands: Readonly<Record<(typeof HANDS)[number], SVGElement>>;
  readonly #angles = { hour: 0, minute: 0, second: 0 };
  #isSet = false;
  #face: WebFace;

  constructor(template: HTMLTemplateElement, face: WebFace) {
    const copy = document.importNode(template.content, true);
    this.element = find(copy, ".clock", HTMLElement);
    this.#hands = {
      hour: find(copy, ".hour", SVGElement),
      minute: find(copy, ".minute", SVGElement),
      second: find(copy, ".second", SVGElement),
    };
    find(copy, ".marks", SVGElement).append(...Array.from({ length: 60 }, (_, at) => createMark(at)));
    this.#face = face;
    this.show(face);
  }

  get face(): WebFace {
    return this.#face;
  }

  show(face: WebFace): void {
    this.#face = face;
    const { element } = this;
    const time = parseTime(face.time);
    element.dataset["state"] = face.state;
    element.dataset["light"] = time !== null && (time.hours < 6 || time.hours >= 18) ? "night" : "day";
    element.classList.toggle("has-time", time !== null);
    find(element, ".clock-name", HTMLElement).textContent = face.name;
    find(element, ".digits", HTMLElement).textContent = face.time ?? NO_TIME;
    element.title = face.address;
    this.tell(Date.now());
    if (time !== null) this.#turn(handAngles(time));
  }

  /** Says how the clock is doing, which changes with time alone. */
  tell(now: number): void {
    const text = find(this.element, ".state-text", HTMLElement);
    const words = stateText(this.#face, now);
    if (text.textContent !== words) text.textContent = words;
  }

  #turn(angles: Readonly<Record<(typeof HANDS)[number], number>>): void {
    for (const hand of HANDS) {
      const angle = this.#isSet ? turnTo(this.#angles[hand], angles[hand]) : angles[hand];
      // A step is a tick; more than that is a clock being set, which takes its time.
      this.#hands[hand].classList.toggle("is-setting", Math.abs(angle - this.#angles[hand]) > 7);
      this.#angles[hand] = angle;
      this.#hands[hand].style.transform = `rotate(${angle}deg)`;
    }
    this.#isSet = true;
  }
}

function createMark(at: number): SVGElement {
  const mark = document.createElementNS(SVG, "line");
  const isHour = at % 5 === 0;
  const [inner, outer] = isHour ? [at % 15 === 0 ? 73 : 77, 90] : [86.5, 90];
  mark.setAttribute("class", isHour ? "hour-mark" : "minute-mark");
  mark.setAttribute("y1", String(-inner));
  mark.setAttribute("y2", String(-outer));
  mark.setAttribute("transform", `rotate(${at * 6})`);
  return mark;
}
