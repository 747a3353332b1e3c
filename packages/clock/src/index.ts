export { clock } from "./clock.js";
export type { ClockOptions } from "./clock.js";
export { Ticker } from "./ticker.js";
export type { TickListener, TickerOptions } from "./ticker.js";
export { parseWallClock } from "./wall-clock.js";
export type { WallClock } from "./wall-clock.js";
export type { WallFace, WallState } from "./wall-face.js";
export { wall } from "./wall.js";
export type { Wall, WallOptions } from "./wall.js";
