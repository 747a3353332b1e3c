import { rateOf } from "./connection-table.js";
import { type Look, TOP_ORDERS, type TopOrder } from "./look.js";
import { type ConnectionRates, measure, type Measured, type Totals } from "./measure.js";

/** What top shows at the moment, and what the keys have set. */
export interface TopState {
  /** The newest look, or that at which it was paused. */
  readonly shown: Measured;
  /** Totals of the looks so far, oldest first, at most {@link HISTORY}. */
  readonly history: readonly Totals[];
  readonly order: TopOrder;
  /** The one service whose connections are shown; `null` for all. */
  readonly service: string | null;
  readonly isPaused: boolean;
  readonly isHelp: boolean;
  /** Since when the host has not answered, and why; `null` while it does. */
  readonly lost: { readonly since: number; readonly reason: string } | null;
  /** How it can be ended: by keys, by Ctrl-C alone, or not at all where it is printed once. */
  readonly ending: TopEnding;
}

export type TopEnding = "keys" | "interrupt" | "none";

/** Points of the plots: as many as fit a wide window. */
export const HISTORY = 120;

const VALUES: Readonly<Record<TopOrder, (rates: ConnectionRates) => number>> = {
  rate: (rates) => rateOf(rates) ?? -1,
  in: ({ read }) => read ?? -1,
  out: ({ written }) => written ?? -1,
  queued: ({ connection }) => connection.bytesQueued,
  age: ({ connection }) => -connection.since,
};

/** @returns the state with the first look. */
export function createTopState(look: Look, ending: TopEnding): TopState {
  const shown = measure(look, null);
  const state = { order: "rate", service: null, isPaused: false, isHelp: false, lost: null } as const;
  return { shown, history: [], ...state, ending };
}

/** @returns the state once `look` is there. */
export function withLook(state: TopState, look: Look): TopState {
  if (state.isPaused) return { ...state, lost: null };
  const shown = measure(look, state.shown.look);
  const isSame = look.status.pid === state.shown.look.status.pid;
  const history = isSame ? [...state.history, shown.totals].slice(-HISTORY) : [];
  // A reload may have taken the service away.
  const isThere = look.status.services.some(({ name }) => name === state.service);
  return { ...state, shown, history, service: isThere ? state.service : null, lost: null };
}

/** @returns the state once the host has not answered. */
export function withLoss(state: TopState, error: unknown, now: number): TopState {
  const reason = error instanceof Error ? error.message : String(error);
  return { ...state, lost: { since: state.lost?.since ?? now, reason } };
}

/** What keys do; `q` and Ctrl-C are the caller's. */
const KEYS: Readonly<Record<string, (state: TopState) => Partial<TopState>>> = {
  r: () => ({ order: "rate" }),
  i: () => ({ order: "in" }),
  o: () => ({ order: "out" }),
  w: () => ({ order: "queued" }),
  a: () => ({ order: "age" }),
  s: ({ order }) => ({ order: next(TOP_ORDERS, order, 1) }),
  tab: (state) => ({ service: nextService(state, 1) }),
  down: (state) => ({ service: nextService(state, 1) }),
  right: (state) => ({ service: nextService(state, 1) }),
  "shift-tab": (state) => ({ service: nextService(state, -1) }),
  up: (state) => ({ service: nextService(state, -1) }),
  left: (state) => ({ service: nextService(state, -1) }),
  escape: ({ isHelp }) => (isHelp ? { isHelp: false } : { service: null }),
  p: ({ isPaused }) => ({ isPaused: !isPaused }),
  " ": ({ isPaused }) => ({ isPaused: !isPaused }),
  "?": ({ isHelp }) => ({ isHelp: !isHelp }),
  h: ({ isHelp }) => ({ isHelp: !isHelp }),
};

/** @returns the state after a key; as it was for one that does nothing. */
export function withKey(state: TopState, key: string): TopState {
  const change = KEYS[key.length === 1 ? key.toLowerCase() : key];
  return change === undefined ? state : { ...state, ...change(state) };
}

/** The connections to show, in their order. */
export function orderConnections({ shown, order, service }: TopState): ConnectionRates[] {
  const valueOf = VALUES[order];
  return shown.connections
    .filter(({ connection }) => service === null || connection.service === service)
    .sort((one, other) => valueOf(other) - valueOf(one) || one.connection.since - other.connection.since);
}

function nextService({ shown, service }: TopState, step: number): string | null {
  return next([null, ...shown.services.map((rates) => rates.service.name)], service, step);
}

function next<T>(values: readonly T[], value: T, step: number): T {
  const at = (values.indexOf(value) + step + values.length) % values.length;
  return values[at] as T;
}
