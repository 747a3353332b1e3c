import type { WallClock } from "@belfry/clock";
import { createTextLog } from "../log/text-log.js";
import { assetsRoute, pageRoute } from "../http/page-route.js";
import { wallFeedRoute } from "./wall-feed-route.js";
import { startWebServer } from "../http/start-web-server.js";
import { EXIT } from "../exit-status.js";
import type { Io } from "../io.js";
import { WallFeed } from "./wall-feed.js";

/** Where a wall is served. */
export interface WebTarget {
  readonly host: string;
  readonly port: number;
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGQUIT"] as const;

/**
 * Shows a wall to browsers, to whoever can reach the address, and tells on standard error where it is. The clocks are
 * dialled while somebody looks.
 *
 * @returns the exit status, after SIGINT, SIGTERM or SIGQUIT: a server that was stopped has done what it was asked.
 * @throws {Error} when it cannot listen, naming the address.
 */
export async function serveWall(clocks: readonly WallClock[], target: WebTarget, io: Io): Promise<number> {
  const feed = new WallFeed(async () => clocks);
  let stop = (): void => {};
  const stopped = new Promise<void>((resolve) => (stop = resolve));
  for (const signal of SIGNALS) io.signals.on(signal, stop);
  try {
    const log = createTextLog("info", io.stderr);
    const routes = [pageRoute("/", "wall.html", "the clock wall"), assetsRoute, wallFeedRoute(feed)];
    const web = await startWebServer({ ...target, token: null, isPublic: true, routes }, log);
    try {
      log.write("info", `listening on ${web.addr}`);
      log.write("info", `wall on http://${web.addr}/`);
      await stopped;
      log.write("info", "shutting down");
    } finally {
      await web.close();
    }
    log.write("info", "all done");
  } finally {
    for (const signal of SIGNALS) io.signals.off(signal, stop);
    await feed.close();
  }
  return EXIT.ok;
}
