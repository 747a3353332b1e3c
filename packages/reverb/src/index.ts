export { echo } from "./echo.js";
export { reverb } from "./reverb.js";
export type { ReverbOptions } from "./reverb.js";
