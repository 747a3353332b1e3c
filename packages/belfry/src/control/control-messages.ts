import type { ShutdownOutcome } from "@belfry/server";
import type { ConnectionPage, ConnectionQuery, HostStatus } from "../inspect/host-view.js";

/**
 * What a control socket is asked, and what it answers: a JSON object a line each way, answers in the order of requests.
 * A request is its `command` and the parameters beside it: `{"command":"suspend","service":"echo"}`.
 */
export interface ControlQuestions {
  status: { readonly params: NoParams; readonly result: HostStatus };
  connections: { readonly params: ConnectionQuery; readonly result: ConnectionPage };
  /** Answered with what has come of it: the socket itself may be another from then on. */
  reload: { readonly params: NoParams; readonly result: HostStatus };
  /** Answered once it has begun. The connection stays, and a second answer tells how it went: a {@link DrainEnd}. */
  drain: { readonly params: NoParams; readonly result: DrainBegun };
  suspend: { readonly params: ServiceParams; readonly result: null };
  resume: { readonly params: ServiceParams; readonly result: null };
  kick: { readonly params: { readonly connection: string }; readonly result: boolean };
}

export type ControlCommand = keyof ControlQuestions;

interface ServiceParams {
  readonly service: string;
}

type NoParams = Readonly<Record<string, never>>;

/** A drain that is under way. */
export interface DrainBegun {
  readonly pid: number;
  /** Connections that were open when it was asked for. */
  readonly connections: number;
}

/** How a drain went; `null` when the host ended without knowing. */
export type DrainEnd = ShutdownOutcome | null;

/** One line from the socket. */
export type ControlAnswer<Result> =
  | { readonly ok: true; readonly result: Result }
  /** Several things wrong are several lines. */
  | { readonly ok: false; readonly error: string };
