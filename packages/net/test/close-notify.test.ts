import { dial } from "../src/dial.js";
import { listen } from "../src/listen.js";
import { closeNotifySuite } from "./close-notify-suite.js";

closeNotifySuite(dial, listen);
