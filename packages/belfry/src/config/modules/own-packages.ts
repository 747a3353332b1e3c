import * as clock from "@belfry/clock";
import * as ftp from "@belfry/ftp";
import * as net from "@belfry/net";
import * as netcat from "@belfry/netcat";
import * as reverb from "@belfry/reverb";
import * as server from "@belfry/server";
import * as sync from "@belfry/sync";
import { defineConfig } from "../types/define-config.js";

/**
 * What these names mean in configs and modules: this program's own packages, whatever is or is not installed beside the config. So
 * `npx belfry` needs no dependency of the user's, `error instanceof BrokenError` is true of errors thrown here, and the tasks of a module are
 * listed with all others.
 */
export const OWN_PACKAGES = {
  belfry: { defineConfig },
  "@belfry/clock": clock,
  "@belfry/ftp": ftp,
  "@belfry/net": net,
  "@belfry/netcat": netcat,
  "@belfry/reverb": reverb,
  "@belfry/server": server,
  "@belfry/sync": sync,
};
