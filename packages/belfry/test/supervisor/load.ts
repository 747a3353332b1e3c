import { connect, type Socket } from "node:net";

/** Clients that ask and ask. */
export interface Load {
  readonly requests: () => number;
  /** What went wrong, in words. */
  readonly failures: readonly string[];
  stop(): Promise<void>;
}

/**
 * Keeps `count` echo clients busy: each sends a few bytes, waits for all of them to come back, and goes on.
 *
 * @param perConnection requests on a connection before it is ended in order and another is dialled.
 */
export function startLoad(port: number, count: number, perConnection: number): Load {
  const failures: string[] = [];
  let requests = 0;
  let isOver = false;
  const client = async (): Promise<void> => {
    for (;;) {
      if (isOver) return;
      try {
        await useConnection(port, perConnection, () => {
          requests += 1;
          return !isOver;
        });
      } catch (error) {
        failures.push(error instanceof Error ? error.message : String(error));
      }
    }
  };
  const clients = Array.from({ length: count }, client);
  return {
    requests: () => requests,
    failures,
    async stop() {
      isOver = true;
      await Promise.all(clients);
    },
  };
}

function useConnection(port: number, most: number, goesOn: () => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    let asked = "";
    let heard = "";
    let left = most;
    const next = (): void => {
      asked = `request ${left}\n`;
      heard = "";
      socket.write(asked);
    };
    socket.on("connect", next);
    socket.on("data", (data) => {
      heard += String(data);
      if (heard.length < asked.length) return;
      if (heard !== asked) reject(new Error(`asked "${asked.trim()}", heard "${heard.trim()}"`));
      left -= 1;
      const isMore = goesOn();
      asked = "";
      if (left > 0 && isMore) next();
      else socket.end();
    });
    socket.on("end", () => {
      if (asked === "") return;
      reject(new Error("ended in the middle of a request"));
      socket.destroy();
    });
    socket.on("error", reject);
    socket.on("close", () => resolve());
  });
}
