export { type Input, type Io, type Output, processIo, type SignalSource } from "./io.js";
export { main } from "./main.js";
