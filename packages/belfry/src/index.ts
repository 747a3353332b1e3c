export type {
  CommonServiceConfig,
  Duration,
  ListenConfig,
  ProxyConfig,
  TlsConfig,
  UnixListenConfig,
} from "./config/types/common-config.js";
export type {
  BelfryConfig,
  ClockServiceConfig,
  EchoServiceConfig,
  ModuleServiceConfig,
  ReverbServiceConfig,
  ServiceConfig,
} from "./config/types/config.js";
export { defineConfig } from "./config/types/define-config.js";
export type { FtpServiceConfig, FtpThrottleConfig, FtpTlsConfig, FtpUserConfig } from "./config/types/ftp-config.js";
export { type Input, type Io, type Output, processIo, type SignalSource } from "./io.js";
export { main } from "./main.js";
