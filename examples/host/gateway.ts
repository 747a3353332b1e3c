// A gateway for small devices: they call, say who they are, and send a reading a line. `belfry.config.ts` uses it.
//
//   > hello boiler-3
//   < welcome boiler-3, you call from 192.0.2.7:50312
//   > temperature 61.5
//   < ok                         it is in the journal
//   > temperature warm
//   < error: expected NAME NUMBER
//   < ping                       after a silence; any line is an answer
//   < bye                        the host goes down, or has another configuration by now: call again

import { appendFile } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { type Conn, lines, LineTooLongError, outbox } from "@belfry/net";
import type { Service } from "@belfry/server";

/** What the config says under `options`. */
export interface GatewayOptions {
  /** The file that readings are appended to, a line each. All workers write to the same. */
  readonly journal: string;
  /** Milliseconds of silence after which a device is pinged. Default 30,000. */
  readonly pingAfter?: number;
}

const MAX_LINE = 200;

/** Belfry calls this once in each worker, and the function it returns for each device that calls. */
export function createService({ journal, pingAfter = 30_000 }: GatewayOptions): Service {
  if (typeof journal !== "string") throw new TypeError("expected options.journal, the path of a file");
  return async (conn, { draining, group }) => {
    // One task answers and another pings. A device that reads neither is cut off before it costs memory.
    const box = outbox(conn, { capacity: 16, overflow: "disconnect" });
    const device = new Device(conn, journal);
    await group.go(async (signal) => {
      for (;;) {
        const read = conn.bytesRead;
        await pause(pingAfter, undefined, { signal });
        if (conn.bytesRead === read) box.trySend("ping\n");
      }
    }, "pinger");
    try {
      for await (const line of lines(conn, { maxLength: MAX_LINE, signal: draining })) {
        await box.send(`${await device.answer(line)}\n`);
      }
    } catch (error) {
      if (draining.aborted) box.trySend("bye\n");
      else if (error instanceof LineTooLongError) box.trySend(`error: expected at most ${MAX_LINE} bytes a line\n`);
      else throw error;
    } finally {
      group.cancel();
      await box.close();
    }
  };
}

/** Who is at the other end of a connection, and what it says. */
class Device {
  /** Behind a proxy, too, this is the device's own address. */
  readonly #address: string;
  readonly #journal: string;
  #name = "";

  constructor({ remoteAddr }: Conn, journal: string) {
    this.#address = String(remoteAddr);
    this.#journal = journal;
  }

  async answer(line: string): Promise<string> {
    const [word = "", value = "", ...more] = line.trim().split(/\s+/);
    if (word === "hello" && /^[\w-]{1,40}$/.test(value) && more.length === 0) {
      this.#name = value;
      return `welcome ${value}, you call from ${this.#address}`;
    }
    if (this.#name === "") return "error: expected hello NAME";
    if (word === "pong") return "ok";
    if (!/^[\w-]{1,40}$/.test(word) || !/^-?\d+(\.\d+)?$/.test(value) || more.length > 0) {
      return "error: expected NAME NUMBER";
    }
    // Answered once it is stored: a device that hears no "ok" sends it again.
    await appendFile(this.#journal, `${new Date().toISOString()} ${this.#name} ${word} ${value}\n`);
    return "ok";
  }
}
