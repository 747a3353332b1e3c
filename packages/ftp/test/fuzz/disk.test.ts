import { fuzzed } from "./run.js";

fuzzed("disk");
