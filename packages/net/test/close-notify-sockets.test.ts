import { closeNotifySuite } from "./close-notify-suite.js";

// Read when the modules are: the same without the runtime's handles, as where there are none.
process.env["BELFRY_NET"] = "sockets";
const [{ dial }, { listen }] = await Promise.all([import("../src/dial.js"), import("../src/listen.js")]);

closeNotifySuite(dial, listen);
