// Standard input to a connection, as node:stream pipes it.

import { connect } from "node:net";

const socket = connect({ host: "127.0.0.1", port: Number(process.argv[2]) });
process.stdin.pipe(socket);
socket.resume();
