import { eventChannels } from "@belfry/server";
import type { FtpEvents } from "./events.js";

/** The diagnostics channels of FTP services: `belfry:ftp:login` and so on. */
export const FTP_CHANNELS = eventChannels<FtpEvents>("ftp", {
  login: 1,
  loginFailed: 1,
  logout: 1,
  upload: 1,
  download: 1,
  delete: 1,
  rename: 1,
  makeDirectory: 1,
  removeDirectory: 1,
  ban: 1,
  failed: 1,
  command: 1,
});
