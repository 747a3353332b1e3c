import type { Server } from "@belfry/server";
import type { PlaceKey, WorkerMessage } from "./messages.js";

/** The places one server of this worker holds: how many connections it may serve at a time, lent by the supervisor. */
export interface Places {
  readonly held: number;
  grant(count: number): void;
  recall(isOn: boolean): void;
}

/**
 * Ties a server's `maxConns` to the places it holds, beginning with none.
 *
 * It asks for more while connections wait. While others are short, each place that falls free goes back, also when
 * somebody waits here: who waits longest, wherever that is, gets it.
 */
export function holdPlaces(server: Server, key: PlaceKey, send: (message: WorkerMessage) => void): Places {
  let held = 0;
  /** What the supervisor knows we still want. */
  let wanted = 0;
  let isRecalled = false;
  let isDue = false;

  const giveBack = (): void => {
    const count = isRecalled ? held - server.size : 0;
    if (count <= 0) return;
    held -= count;
    server.setMaxConns(held);
    send({ type: "return", ...key, count });
  };
  const ask = (): void => {
    isDue = false;
    const count = server.state === "serving" && server.size >= held ? server.waiting : 0;
    if (count === wanted) return;
    wanted = count;
    send({ type: "want", ...key, count });
  };
  // Once the server has served whom it can, which it does after it has told.
  const askLater = (): void => {
    if (isDue) return;
    isDue = true;
    queueMicrotask(ask);
  };
  server.setMaxConns(0);
  server.on("waiting", askLater);
  server.on("refused", askLater);
  server.on("resumed", askLater);
  server.on("suspended", askLater);
  server.on("draining", () => queueMicrotask(giveBack));
  server.on("closed", () => {
    giveBack();
    if (wanted > 0 || server.waiting > 0) askLater();
  });
  return {
    get held() {
      return held;
    },
    grant(count) {
      held += count;
      wanted = Math.max(0, wanted - count);
      server.setMaxConns(held);
      giveBack();
      askLater();
    },
    recall(isOn) {
      isRecalled = isOn;
      giveBack();
    },
  };
}
