// Before anything of the package is loaded: it looks for the runtime's handles then.
process.env["BELFRY_NET"] = "sockets";
const { entranceSuite } = await import("./entrance-suite.js");

entranceSuite("by sockets of the runtime");
