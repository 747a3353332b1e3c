import { connect, type Socket } from "node:net";
import { once } from "node:events";
import { request } from "node:http";
import type { IncomingHttpHeaders } from "node:http";
import { clock } from "@belfry/clock";
import { echo, reverb } from "@belfry/reverb";
import { type Server, serve } from "@belfry/server";
import { startDebugServer } from "../../src/debug/start-debug-server.js";
import { createProcessInspector } from "../../src/inspect/create-process-inspector.js";
import type { HostStatus, HostView } from "../../src/inspect/host-view.js";
import { viewProcess } from "../../src/inspect/view-process.js";
import { logTo } from "../log/log-to.js";

/** What a request got. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** How a test asks. */
export interface Asking {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Services of this process with a debug server, and what both say. */
export interface DebugSite {
  readonly addr: string;
  readonly view: HostView;
  readonly servers: readonly Server[];
  /** What the debug server logged. */
  readonly logged: readonly string[];
  readonly ask: (path: string, asking?: Asking) => Promise<Answer>;
  readonly json: <T>(path: string) => Promise<T>;
  /** Opens a connection to a service, by its place in `servers`, and waits until it is served. */
  readonly dial: (index: number) => Promise<Socket>;
  /** Closes the debug server alone. */
  readonly closeDebug: () => Promise<void>;
}

/** What of a site a test sets up otherwise. */
export interface SiteOptions {
  readonly host?: string;
  readonly token?: string | null;
  /** Puts something before the real view. */
  readonly wrap?: (view: HostView) => HostView;
  readonly state?: () => HostStatus["state"];
}

/** Runs a clock in Tokyo, echo and reverb with a debug server, all for as long as `body` takes. */
export async function withSite(body: (site: DebugSite) => Promise<void>, options: SiteOptions = {}): Promise<void> {
  const { host = "127.0.0.1", token = null, wrap = (view) => view, state = () => "serving" } = options;
  const servers = await startServices();
  const kinds = ["clock", "echo", "reverb"];
  const services = servers.map((server, at) => {
    return { kind: kinds[at] ?? "", isSecure: false, isProxied: false, maxConns: 1000, servers: [server] };
  });
  const inspector = createProcessInspector({ worker: 0, services: () => services, isInspected: true });
  const isReady = (): boolean => state() === "serving";
  const view = wrap(viewProcess(inspector, { version: "1.2.3", config: null, state, isReady }));
  const logged: string[] = [];
  const log = logTo((level, message) => void logged.push(`${level} ${message}`));
  const sockets: Socket[] = [];
  try {
    const debug = await startDebugServer({ host, port: 0, token, view }, log);
    const site: DebugSite = {
      addr: debug.addr,
      view,
      servers,
      logged,
      ask: (path, asking) => ask(debug.addr, path, asking),
      json: async <T>(path: string) => JSON.parse((await ask(debug.addr, path)).text) as T,
      dial: async (index) => {
        const server = servers[index] as Server;
        const opened = new Promise<void>((resolve) => {
          const off = server.on("opened", () => {
            off();
            resolve();
          });
        });
        const socket = connect(server.addr.port, "127.0.0.1").on("error", () => {});
        sockets.push(socket);
        await Promise.all([once(socket, "connect"), opened]);
        return socket;
      },
      closeDebug: () => debug.close(),
    };
    try {
      await body(site);
    } finally {
      await debug.close();
    }
  } finally {
    for (const socket of sockets) socket.destroy();
    inspector.close();
    await Promise.all(servers.map((server) => server.close()));
  }
}

function startServices(): Promise<Server[]> {
  const target = { host: "127.0.0.1", port: 0, listTasks: true } as const;
  return Promise.all([
    serve({ ...target, name: "Tokyo" }, clock({ timeZone: "Asia/Tokyo" })),
    serve({ ...target, name: "echo" }, echo()),
    serve({ ...target, name: "reverb" }, reverb({ delay: 60_000 })),
  ]);
}

/** One request, on a connection of its own. */
export function ask(addr: string, path: string, { method = "GET", headers = {} }: Asking = {}): Promise<Answer> {
  const { hostname, port } = new URL(`http://${addr}`);
  return new Promise((resolve, reject) => {
    const options = { host: hostname.replace(/^\[(.*)\]$/, "$1"), port, path, method, headers, agent: false };
    const sent = request(options, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => (text += part));
      response.on("error", reject);
      response.on("end", () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
      });
    });
    sent.on("error", reject);
    sent.end();
  });
}

/** An event of a feed. */
interface FeedEvent {
  readonly event: string;
  readonly data: unknown;
}

/** A client of a feed. */
export interface FeedClient {
  readonly headers: IncomingHttpHeaders;
  /** The next event of this name; what comes before it is left out. */
  readonly next: (event: string) => Promise<unknown>;
  /** Resolves when the server has ended it. */
  readonly ended: Promise<void>;
  readonly close: () => void;
}

/** Follows a feed. */
export function openFeed(addr: string, path: string): Promise<FeedClient> {
  const { hostname, port } = new URL(`http://${addr}`);
  return new Promise((resolve, reject) => {
    const sent = request({ host: hostname, port, path, agent: false }, (response) => {
      if (response.statusCode !== 200) {
        response.resume();
        reject(new Error(`status ${response.statusCode}`));
        return;
      }
      let text = "";
      const events: FeedEvent[] = [];
      let wake = (): void => {};
      const ended = new Promise<void>((end) => response.once("close", () => end()));
      response.on("error", () => {});
      response.setEncoding("utf8").on("data", (part: string) => {
        const blocks = (text + part).split("\n\n");
        text = blocks.pop() ?? "";
        for (const block of blocks) {
          const [, event, data] = /^event: (.*)\ndata: (.*)$/.exec(block) ?? [];
          if (event !== undefined) events.push({ event, data: JSON.parse(data ?? "null") });
        }
        wake();
      });
      const next = async (name: string): Promise<unknown> => {
        for (;;) {
          const event = events.shift();
          if (event?.event === name) return event.data;
          if (event === undefined) await Promise.race([new Promise<void>((go) => (wake = go)), refuse(ended)]);
        }
      };
      resolve({ headers: response.headers, next, ended, close: () => sent.destroy() });
    });
    sent.on("error", reject);
    sent.end();
  });
}

async function refuse(ended: Promise<void>): Promise<never> {
  await ended;
  throw new Error("the feed ended");
}
