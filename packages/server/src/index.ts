export type { AcceptErrorKind } from "./accept-errors.js";
export type { ConnectionInfo, ConnectionState } from "./connection.js";
export type { ServerCounters } from "./counters.js";
export { IdleTimeoutError, ShutdownError } from "./errors.js";
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
  RefusalReason,
  RefusedEvent,
  ServerEvent,
  ServerEventName,
  ServerEvents,
  WaitingEvent,
} from "./events.js";
export type { ListenSettings, ListenerTarget, PathTarget, PortTarget, ServeLimits, ServeOptions } from "./options.js";
export { serve } from "./serve.js";
export type { Server, ServerState, ShutdownOptions, ShutdownOutcome } from "./server.js";
export type { Service, ServiceContext } from "./service.js";
export { withSignals } from "./signals.js";
export type { SignalOptions, SignalOutcome } from "./signals.js";
