// A server that lives until a signal, for the test of withSignals.
import { serve, withSignals } from "../src/index.js";

const server = await serve({ port: 0 }, () => {});
const ended = withSignals(server, { onShutdown: () => console.log("shutting down") });
console.log("ready");
const { drained, cut } = await ended;
console.log(`all done: ${drained} drained, ${cut} cut`);
