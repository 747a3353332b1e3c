import { connect, type Socket } from "node:net";

/** How the clients of a {@link Crowd} behave. */
export interface CrowdOptions {
  readonly port: number;
  /** How many there are, all the time. */
  readonly size: number;
  /** Requests on a connection before it is ended in order and another one is dialled. Default: it stays. */
  readonly perConnection?: number;
  /** Milliseconds between an answer and the next request. Default 0. */
  readonly think?: number;
}

/** Echo clients that ask, think and ask again. */
export interface Crowd {
  /** Resolves once each has had an answer; rejects when one will have none. */
  readonly started: Promise<unknown>;
  /** Requests that were answered. */
  readonly requests: number;
  /** Connections that were opened. */
  readonly dials: number;
  /** What went wrong: the client's own port, and the error. */
  readonly failures: readonly Failure[];
  /** Requests answered to the client on that local port. */
  answered(port: number): number;
  /** Resolves once so many more requests were answered. */
  more(requests: number): Promise<void>;
  /** Each client gets its last answer and ends its connection. */
  stop(): Promise<void>;
}

export interface Failure {
  readonly port: number;
  readonly why: string;
}

/** Nobody dials any more then. */
const MAX_FAILURES = 100;

/** Starts clients of an echo service. One that fails says why, and dials again. */
export function startCrowd({ port, size, perConnection = Infinity, think = 0 }: CrowdOptions): Crowd {
  const answered = new Map<number, number>();
  const failures: Failure[] = [];
  const waiters = new Set<() => void>();
  const crowd = { requests: 0, dials: 0, isOver: false };
  const client = async (onFirst: () => void): Promise<void> => {
    while (!crowd.isOver && failures.length < MAX_FAILURES) {
      const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true, noDelay: true });
      crowd.dials += 1;
      let own = 0;
      const count = (): boolean => {
        own = socket.localPort ?? own;
        answered.set(own, (answered.get(own) ?? 0) + 1);
        crowd.requests += 1;
        for (const look of waiters) look();
        onFirst();
        return !crowd.isOver;
      };
      // A client that cannot even dial has no port.
      await talk(socket, { perConnection, think }, count).catch((error: Error) =>
        failures.push({ port: own, why: error.message }),
      );
    }
  };
  const firsts: Promise<void>[] = [];
  const clients = Array.from({ length: size }, async () => {
    let onFirst = (): void => {};
    let onNone = (_why: Error): void => {};
    firsts.push(new Promise((resolve, reject) => ([onFirst, onNone] = [resolve, reject])));
    await client(onFirst);
    onNone(new Error(`a client has had no answer: ${failures[0]?.why}`));
  });
  return {
    started: Promise.all(firsts),
    get requests() {
      return crowd.requests;
    },
    get dials() {
      return crowd.dials;
    },
    failures,
    answered: (own) => answered.get(own) ?? 0,
    more: (requests) => until(waiters, () => crowd.requests, crowd.requests + requests),
    async stop() {
      crowd.isOver = true;
      await Promise.all(clients);
    },
  };
}

function until(waiters: Set<() => void>, current: () => number, goal: number): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (current() < goal) return;
      waiters.delete(look);
      resolve();
    };
    waiters.add(look);
    look();
  });
}

type Manner = Required<Pick<CrowdOptions, "perConnection" | "think">>;

/** One connection, from its dial to its end in order. */
function talk(socket: Socket, { perConnection, think }: Manner, onAnswer: () => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    let asked = "";
    let heard = "";
    let count = 0;
    const ask = (): void => {
      count += 1;
      asked = `request ${count} of ${socket.localPort}\n`;
      heard = "";
      socket.write(asked);
    };
    const fail = (why: string): void => {
      reject(new Error(why));
      socket.destroy();
    };
    socket.on("connect", ask);
    socket.on("data", (data) => {
      heard += String(data);
      if (heard.length < asked.length) return;
      if (heard !== asked) return fail(`asked ${JSON.stringify(asked)}, heard ${JSON.stringify(heard)}`);
      asked = "";
      if (!onAnswer() || count >= perConnection) socket.end();
      else if (think === 0) ask();
      else setTimeout(ask, think);
    });
    socket.on("end", () => {
      // Ended by us, all was answered before.
      if (socket.writableEnded) return;
      fail(asked === "" ? "the connection ended while it was idle" : "the connection ended in the middle of a request");
    });
    socket.on("error", reject);
    socket.on("close", () => resolve());
  });
}
