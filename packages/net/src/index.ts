export { Addr, DEFAULT_HOST, formatHostPort, parseAddress } from "./addr.js";
export type { Address, ParsedAddress } from "./addr.js";
export type { Conn, Deadline, ReadOptions, WaitOptions } from "./conn.js";
export { BrokenError, BusyError, ClosedError, DeadlineError, LineTooLongError } from "./errors.js";
export type { ErrorOrigin } from "./errors.js";
export type { Listener } from "./listener.js";
export type { Packet, PacketConn } from "./packet-conn.js";
export type { StartTlsOptions, TlsClientOptions, TlsInfo, TlsOptions, TlsServerOptions } from "./tls.js";
