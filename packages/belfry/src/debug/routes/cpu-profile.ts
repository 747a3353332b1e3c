import type { CpuProfile, HostView, WorkerStatus } from "../../inspect/host-view.js";
import { encodeCpu } from "../../inspect/pprof/encode-cpu.js";
import { expectProfiles, type Measured, profileReply } from "../profile-reply.js";
import { Query } from "../../http/query.js";
import { RequestError } from "../../http/request-error.js";
import type { Route } from "../../http/route.js";

/** Of a measurement, in seconds. */
const RANGE = { min: 1, max: 300 };
const DEFAULT_SECONDS = 30;
const WORKERS = { min: 0, max: Number.MAX_SAFE_INTEGER };

/** `/debug/pprof/profile`: where all processes spend their time, as a pprof profile. */
export function profileRoute(view: HostView): Route {
  return {
    path: "/debug/pprof/profile",
    summary: "where time is spent, measured for ?seconds= (30, at most 300)",
    isSlow: true,
    answer: async ({ query, signal }) => {
      const seconds = new Query(query, ["seconds"]).number("seconds", RANGE, DEFAULT_SECONDS);
      const { profiles, missing } = await expectProfiles(view.cpuProfile(seconds * 1000, signal));
      return profileReply("profile", encodeCpu(profiles, missing));
    },
  };
}

/** `/debug/pprof/cpuprofile`: the same of one process, for browser tools. */
export function cpuProfileRoute(view: HostView): Route {
  return {
    path: "/debug/pprof/cpuprofile",
    summary: "the same of one process as a .cpuprofile for browser tools: ?seconds= &worker=",
    isSlow: true,
    answer: async ({ query, signal }) => {
      const checked = new Query(query, ["seconds", "worker"]);
      const seconds = checked.number("seconds", RANGE, DEFAULT_SECONDS);
      const worker = checked.number("worker", WORKERS, undefined);
      // Before it is measured, not half a minute later.
      if (worker !== undefined) checkWorker(worker, (await view.status()).workers);
      const profile = pick(await expectProfiles(view.cpuProfile(seconds * 1000, signal)), worker);
      return {
        type: "application/json; charset=utf-8",
        headers: { "content-disposition": `attachment; filename="worker-${profile.worker}.cpuprofile"` },
        body: JSON.stringify(profile.profile),
      };
    },
  };
}

function checkWorker(number: number, workers: readonly WorkerStatus[]): void {
  const worker = workers.find((each) => each.number === number);
  if (worker?.state === "stuck") throw cannotMeasure(number, "it does not answer");
  if (worker !== undefined) return;
  const numbers = workers.map((each) => each.number).join(", ");
  throw new RangeError(`Cannot measure worker ${number}: there are ${numbers || "none"}`);
}

function pick({ profiles, missing }: Measured<CpuProfile>, worker: number | undefined): CpuProfile {
  if (worker === undefined) return profiles[0];
  const picked = profiles.find((each) => each.worker === worker);
  if (picked !== undefined) return picked;
  const isMute = missing?.includes(worker) === true;
  throw cannotMeasure(worker, isMute ? "it does not answer" : "it has ended meanwhile");
}

function cannotMeasure(worker: number, why: string): RequestError {
  return new RequestError(503, `Cannot measure worker ${worker}: ${why}`);
}
