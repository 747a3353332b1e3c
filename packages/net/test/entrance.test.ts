import { entranceSuite } from "./entrance-suite.js";

entranceSuite("by handles");
