export { BusyError, ClosedError, DeadlineError } from "./errors.js";
