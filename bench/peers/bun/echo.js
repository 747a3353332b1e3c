// Echo on Bun's own sockets; what the kernel does not take at once waits for `drain`.

const server = Bun.listen({
  hostname: "127.0.0.1",
  port: 0,
  allowHalfOpen: true,
  socket: {
    open(socket) {
      socket.data = { rest: null };
    },
    data(socket, chunk) {
      const { data } = socket;
      if (data.rest !== null) {
        data.rest = Buffer.concat([data.rest, chunk]);
        return;
      }
      const sent = socket.write(chunk);
      if (sent < chunk.length) data.rest = Buffer.from(chunk.subarray(Math.max(sent, 0)));
    },
    drain(socket) {
      const { data } = socket;
      if (data.rest === null) return;
      const sent = socket.write(data.rest);
      data.rest = sent < data.rest.length ? data.rest.subarray(Math.max(sent, 0)) : null;
    },
    end(socket) {
      socket.end();
    },
    error() {},
  },
});
console.error(`listening on 127.0.0.1:${server.port}`);
