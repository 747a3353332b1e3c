// The clock on node:net as it is often written: an interval for each client.

import { listenAnywhere } from "./listen.mjs";

listenAnywhere({}, (socket) => {
  const tell = () => socket.write(`${new Date().toTimeString().slice(0, 8)}\n`);
  tell();
  const timer = setInterval(tell, 1000);
  socket.on("close", () => clearInterval(timer));
  socket.on("end", () => socket.end());
  socket.resume();
});
