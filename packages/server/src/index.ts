export type { AcceptErrorKind } from "./accept-errors.js";
export type { ConnectionInfo, ConnectionState } from "./connection-info.js";
export type { ServerCounters } from "./counters.js";
export { Emitter, eventChannels } from "./emitter.js";
export type { EventChannels } from "./emitter.js";
export { endIdle } from "./end-idle.js";
export { IdleTimeoutError, KickedError, ShutdownError } from "./errors.js";
export type {
  AcceptFailedEvent,
  BackedOffEvent,
  CloseReason,
  ClosedEvent,
  DrainingEvent,
  FailedEvent,
  FinishedEvent,
  ListeningEvent,
  OpenedEvent,
  PeerEvent,
  PolicyFailedEvent,
  RefusalReason,
  RefusedEvent,
  ServerEvent,
  ServerEventName,
  ServerEvents,
  WaitingEvent,
} from "./events.js";
export type {
  FdTarget,
  ListenSettings,
  ListenerTarget,
  PathTarget,
  PortTarget,
  ServeLimits,
  ServeOptions,
} from "./options.js";
export { onDrain } from "./on-drain.js";
export type { AdmitHook, Arrival, ReleasedHook } from "./policy.js";
export { serve } from "./serve.js";
export type { Server, ServerState, ShutdownOptions, ShutdownOutcome } from "./server.js";
export type { Service, ServiceContext } from "./service.js";
export { withSignals } from "./signals.js";
export type { SignalOptions, SignalOutcome } from "./signals.js";
