import { fuzzed } from "./run.js";

fuzzed("memory");
