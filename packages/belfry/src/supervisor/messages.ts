import type { BanRules } from "@belfry/ftp";
import type { AcceptedConfig } from "../config/accepted-config.js";
import type { ServiceRemarks } from "../config/loaded-config.js";
import type { ConfigSource } from "../config/source/config-source.js";
import type {
  ConnectionPage,
  ConnectionQuery,
  CpuProfile,
  HeapProfile,
  ProcessStatus,
  ServiceStatus,
  TaskPage,
} from "../inspect/host-view.js";

/**
 * What supervisor and workers say to each other, over the channel that the runtime opens between a process and its child.
 * A worker is started as `worker.js`; sockets are inherited as descriptors, by number. Everything is plain data.
 *
 * A worker's life in messages: `start` → `loaded` → `serve` → `ready`, then questions and places, then `handOver` or
 * `drain` → `stopped` → `ended`.
 */

/** A socket of the supervisor's that a worker is to accept from. */
export interface InheritedSocket {
  readonly service: string;
  /** Which of the service's addresses it is. */
  readonly index: number;
  /** In the process that is told of it. */
  readonly descriptor: number;
  /** What a descriptor of a Unix socket does not tell; `null` for TCP. */
  readonly path: string | null;
}

/** The same in a worker. */
export interface WorkerSocket extends InheritedSocket {
  /** More descriptors of it. */
  readonly copies: readonly number[];
}

/**
 * How a worker is to start: the first message it gets. It has the configuration as it was accepted. Where that has to be loaded from its file
 * again, a worker that finds other services there fails, for the file has changed since.
 */
export interface WorkerStart extends AcceptedConfig {
  readonly type: "start";
  readonly number: number;
  readonly generation: number;
  readonly source: ConfigSource;
  /** Empty where sockets cannot be handed down: the worker then listens by itself. */
  readonly sockets: readonly WorkerSocket[];
  /** Whether tasks are listed, and memory sampled: the debug server shows them. */
  readonly isInspected: boolean;
}

/** One of a service's addresses: places are lent to each. */
export interface PlaceKey {
  readonly service: string;
  readonly index: number;
}

/** Begin to accept. */
export interface ServeMessage {
  readonly type: "serve";
  /** Services that are suspended from the start. */
  readonly suspended: readonly string[];
  /** Where services listened so far, for a worker that listens by itself: what a port of 0 has become. */
  readonly addresses: Readonly<Record<string, readonly string[]>>;
}

/** What came of a wish to serve one connection more; see {@link ClaimMessage}. */
export type ClaimAnswer = "granted" | "full" | "address";

/** What a worker is told. */
export type SupervisorMessage =
  | WorkerStart
  | ServeMessage
  | { readonly type: "question"; readonly id: number; readonly name: QuestionName; readonly params: unknown }
  | { readonly type: "cancel"; readonly id: number }
  /** Serve so many more of this service at a time. */
  | ({ readonly type: "grant"; readonly count: number } & PlaceKey)
  /** While on: others are short of places, so give back each that falls free. */
  | ({ readonly type: "recall"; readonly isOn: boolean } & PlaceKey)
  | { readonly type: "claimed"; readonly id: number; readonly answer: ClaimAnswer }
  | LoginAnswerMessage
  | BannedMessage
  /** Accept no more, serve what was accepted; after `grace` milliseconds drain within `timeout`, where 0 is without end. */
  | { readonly type: "handOver"; readonly grace: number; readonly timeout: number }
  /** Accept no more, drain within `timeout` milliseconds; 0 is without end. */
  | { readonly type: "drain"; readonly timeout: number }
  /** End at once. */
  | { readonly type: "close" };

/** A connection that only the supervisor can say yes to: it counts over all workers. */
export interface ClaimMessage {
  readonly type: "claim";
  readonly id: number;
  readonly service: string;
  /** The remote address; empty for a Unix socket. */
  readonly address: string;
  /** Whether it claims one of the service's places, too: of a service whose places are not lent. */
  readonly hasPlace: boolean;
}

/** What is banned: an address, or a user from an address. */
export type BanKind = BanRules["kind"];

/** What is asked about the logins to a service, which count over all workers. */
export type LoginQuestion =
  /** A login has failed: until when has that banned the key? */
  | { readonly name: "fail"; readonly rules: BanRules; readonly key: string }
  /** May the account have one session more? It has, when the answer is `true`. */
  | { readonly name: "enter"; readonly account: string; readonly max: number };

/** Yes or no; of a failure in milliseconds since the epoch, `null` where it has banned nobody. */
export type LoginAnswer = boolean | number | null;

/** An answer, and to what. */
export interface LoginAnswerMessage {
  readonly type: "loginAnswer";
  readonly id: number;
  readonly answer: LoginAnswer;
}

/** Who is banned from a service, whichever workers saw the failures. */
export interface BannedMessage {
  readonly type: "banned";
  readonly service: string;
  readonly kind: BanKind;
  /** In milliseconds since the epoch. */
  readonly bans: readonly (readonly [key: string, until: number])[];
}

/** What is told of them, and needs no answer. */
export type LoginNote =
  | { readonly name: "forgive"; readonly kind: BanKind; readonly key: string }
  /** A session of an account without a limit. */
  | { readonly name: "entered"; readonly account: string }
  | { readonly name: "left"; readonly account: string };

/** What a worker says of limits that hold over all workers. */
export type BooksMessage =
  /** So many connections wait for a place now; 0 for none. */
  | ({ readonly type: "want"; readonly count: number } & PlaceKey)
  | ({ readonly type: "return"; readonly count: number } & PlaceKey)
  | ClaimMessage
  | ({ readonly type: "release" } & Pick<ClaimMessage, "service" | "address" | "hasPlace">)
  | {
      readonly type: "loginQuestion";
      readonly id: number;
      readonly service: string;
      readonly question: LoginQuestion;
    }
  | { readonly type: "loginNote"; readonly service: string; readonly note: LoginNote };

/** How a worker's end went. */
export interface Ending {
  readonly drained: number;
  readonly cut: number;
}

/** A module of the user's is about to be loaded: what is to blame if nothing more is heard. */
export interface LoadingMessage {
  readonly type: "loading";
  readonly path: string;
}

/** What a worker tells. */
export type WorkerMessage =
  | LoadingMessage
  | { readonly type: "loaded" }
  /** It accepts, there. */
  | { readonly type: "ready"; readonly addresses: Readonly<Record<string, readonly string[]>> }
  | { readonly type: "failed"; readonly message: string }
  /** It ends, by an error that nobody caught: in one line. */
  | { readonly type: "thrown"; readonly what: string }
  | { readonly type: "answer"; readonly id: number; readonly result: unknown }
  | {
      readonly type: "refusal";
      readonly id: number;
      readonly error: { readonly name: string; readonly message: string };
    }
  /** Once a second: what would be lost with it. */
  | { readonly type: "tally"; readonly snapshot: WorkerSnapshot }
  | BooksMessage
  /** It accepts no more. */
  | { readonly type: "stopped" }
  /** Its last word. */
  | ({ readonly type: "ended"; readonly services: readonly ServiceStatus[] } & Ending);

/** What the supervisor asks, and what the worker answers, by name. */
export interface WorkerQuestions {
  status: { readonly params: Record<string, never>; readonly result: WorkerSnapshot };
  connections: { readonly params: ConnectionQuery; readonly result: ConnectionPage };
  tasks: { readonly params: { readonly limit: number }; readonly result: TaskPage };
  cpuProfile: { readonly params: { readonly duration: number }; readonly result: CpuProfile };
  heapProfile: { readonly params: { readonly kind: "inuse" | "alloc" }; readonly result: HeapProfile };
  heapSnapshot: { readonly params: Record<string, never>; readonly result: { readonly path: string } };
  suspend: { readonly params: { readonly service: string }; readonly result: null };
  resume: { readonly params: { readonly service: string }; readonly result: null };
  kick: { readonly params: { readonly connection: string }; readonly result: boolean };
}

export type QuestionName = keyof WorkerQuestions;

/** A worker at one moment. */
export interface WorkerSnapshot {
  readonly process: ProcessStatus;
  readonly services: readonly ServiceStatus[];
}

/** What the process that reads a configuration is sent. */
export interface PlanRequest {
  readonly source: ConfigSource;
  /** The file is to be checked, and not to be served: descriptors nobody has passed are no error. */
  readonly isCheck: boolean;
}

/** A configuration as that process has found it. */
export interface ReadConfig extends AcceptedConfig {
  /** Of each service, in the order of the plan. */
  readonly remarks: readonly ServiceRemarks[];
}

/** What it answers with. */
export type PlanMessage =
  | LoadingMessage
  | ({ readonly type: "plan" } & ReadConfig)
  /** It ends for what code of the user's has thrown where nobody could catch it. */
  | { readonly type: "thrown"; readonly what: string }
  | { readonly type: "failed"; readonly message: string };
