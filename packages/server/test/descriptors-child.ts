// A server in a process with few descriptors, for the test of running out of them. Reports events on standard output.
import { serve } from "../src/index.js";

const server = await serve({ port: 0 }, async (conn) => {
  for await (const bytes of conn) await conn.write(bytes);
});
const say = (line: string): void => void process.stdout.write(`${line}\n`);
server.on("backedOff", ({ shortage, delay }) => say(`backedOff ${shortage} ${delay > 0}`));
server.on("refused", ({ reason }) => say(`refused ${reason}`));
process.stdin.resume().on("end", () => void server.close());
say(`port ${server.addr.port}`);
