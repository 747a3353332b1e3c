import { missing } from "./tools.js";

/** A client of another make. It sends its standard input, half-closes at its end and prints what comes back. */
export interface Peer {
  readonly name: string;
  readonly skip: string | false;
  readonly command: (port: number) => readonly string[];
}

const PYTHON = `
import socket, sys, threading
conn = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
def send():
    while data := sys.stdin.buffer.raw.read(65536):
        conn.sendall(data)
    conn.shutdown(socket.SHUT_WR)
threading.Thread(target=send, daemon=True).start()
while data := conn.recv(65536):
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
`;

/** The clients that people have. */
export const PEERS: readonly Peer[] = [
  { name: "OpenBSD nc", skip: missing("nc.openbsd"), command: (port) => ["nc.openbsd", "-N", "127.0.0.1", `${port}`] },
  { name: "ncat", skip: missing("ncat"), command: (port) => ["ncat", "127.0.0.1", `${port}`] },
  // Without -t it gives the other side half a second after its own input has ended.
  { name: "socat", skip: missing("socat"), command: (port) => ["socat", "-t30", "-", `TCP:127.0.0.1:${port}`] },
  { name: "Python's socket", skip: missing("python3"), command: (port) => ["python3", "-c", PYTHON, `${port}`] },
];
