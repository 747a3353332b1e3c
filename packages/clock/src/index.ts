export { clock } from "./clock.js";
export type { ClockOptions } from "./clock.js";
export { Ticker } from "./ticker.js";
export type { TickListener, TickerOptions } from "./ticker.js";
