import { once } from "node:events";
import { connect } from "node:net";
import { connected } from "../supervisor/host-process.js";

export { ask, connected, control, gone, lives, type TestHost, withHost } from "../supervisor/host-process.js";

/** What a service says first. */
export async function greeting(port: number): Promise<string> {
  const socket = await connected(port);
  const [data] = (await once(socket, "data")) as [Buffer];
  socket.destroy();
  return String(data);
}

/** Asks for the host's status, or for something else, at a control socket. */
export async function askAt<T>(path: string, command = "status"): Promise<T> {
  const socket = connect(path);
  socket.write(`${JSON.stringify({ command })}\n`);
  let text = "";
  while (!text.endsWith("\n")) text += String((await once(socket, "data"))[0]);
  socket.destroy();
  return (JSON.parse(text) as { result: T }).result;
}
