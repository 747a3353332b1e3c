import { WallFeed } from "../clockwall/wall-feed.js";
import type { HostView } from "../inspect/host-view.js";
import type { Log } from "../log/log.js";
import { DashboardFeed } from "./dashboard-feed.js";
import { Pulse } from "./pulse.js";
import type { Route } from "../http/route.js";
import { connsRoute } from "./routes/conns.js";
import { cpuProfileRoute, profileRoute } from "./routes/cpu-profile.js";
import { feedRoute } from "./routes/feed.js";
import { goroutineRoute } from "./routes/goroutine.js";
import { healthRoute, readyRoute } from "./routes/health.js";
import { heapRoute } from "./routes/heap.js";
import { heapSnapshotRoute } from "./routes/heap-snapshot.js";
import { historyRoute } from "./routes/history.js";
import { metricsRoute } from "./routes/metrics.js";
import { assetsRoute, pageRoute } from "../http/page-route.js";
import { pprofIndexRoute, pprofRedirect } from "./routes/pprof-index.js";
import { statusRoute } from "./routes/status.js";
import { tasksRoute } from "./routes/tasks.js";
import { wallFeedRoute } from "../clockwall/wall-feed-route.js";
import { wallClocks } from "./wall-clocks.js";
import { startWebServer } from "../http/start-web-server.js";

/** Options of {@link startDebugServer}. */
export interface DebugServerOptions {
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
  /** What a request has to bring; `null` for nothing, which only does where this machine alone can ask. */
  readonly token: string | null;
  /** What is shown. */
  readonly view: HostView;
}

/** A running debug server. */
export interface DebugServer {
  /** `HOST:PORT`, with the real port when 0 was asked. */
  readonly addr: string;
  /** Tells the log where it is, once: when there is something to see. */
  announce(): void;
  /** Ends feeds and measurements and hangs up. Resolves when nothing of it is left, within a moment; idempotent. */
  close(): Promise<void>;
}

/**
 * Shows running services over HTTP: pages for people, JSON, profiles for `go tool pprof`, metrics for Prometheus, and
 * probes. Everything is to be read alone.
 *
 * @returns once it listens.
 * @throws {Error} when it cannot, naming the address; or when the address is not this machine's own and there is no token.
 */
export async function startDebugServer(options: DebugServerOptions, log: Log): Promise<DebugServer> {
  const { view } = options;
  const pulse = new Pulse(view);
  const feed = new DashboardFeed(view, pulse);
  const wall = new WallFeed(async () => wallClocks(await view.status()));
  const close = async (): Promise<void> => {
    feed.close();
    pulse.close();
    await wall.close();
  };
  try {
    const routes = [...pages(), ...profiles(view), ...data(view, pulse), feedRoute(view, feed), wallFeedRoute(wall)];
    const web = await startWebServer({ ...options, routes, isDraining: () => isDraining(view) }, log);
    let isAnnounced = false;
    return {
      addr: web.addr,
      announce: () => {
        if (!isAnnounced) log.write("info", `debugging on http://${web.addr}/`, { address: web.addr });
        isAnnounced = true;
      },
      close: async () => {
        await Promise.all([web.close(), close()]);
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function isDraining(view: HostView): Promise<boolean> {
  try {
    return (await view.status()).state === "draining";
  } catch {
    return true;
  }
}

function pages(): readonly Route[] {
  return [
    pageRoute("/", "index.html", "the dashboard"),
    pageRoute("/wall", "wall.html", "the clock wall"),
    assetsRoute,
  ];
}

function profiles(view: HostView): readonly Route[] {
  const routes = [
    goroutineRoute(view),
    heapRoute(view, "heap"),
    heapRoute(view, "allocs"),
    profileRoute(view),
    cpuProfileRoute(view),
    heapSnapshotRoute(view),
  ];
  return [pprofIndexRoute(routes), pprofRedirect, ...routes];
}

function data(view: HostView, pulse: Pulse): readonly Route[] {
  return [
    connsRoute(view),
    tasksRoute(view),
    statusRoute(view),
    historyRoute(pulse),
    metricsRoute(view),
    healthRoute,
    readyRoute(view),
  ];
}
