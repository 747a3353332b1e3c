import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of the benchmarks. */
export const BENCH = join(dirname(fileURLToPath(import.meta.url)), "..");
/** The top of the checkout. */
export const ROOT = join(BENCH, "..");
/** Where compiled programs go. */
export const BUILD = join(BENCH, ".build");
/** Where `setup` puts the runtimes that come through npm. */
export const INSTALLED = join(BENCH, ".peers", "node_modules");
/** Where `setup` unpacks the daemons that come as Debian packages. */
export const DEBIAN = join(BENCH, ".peers", "debian");
/** Where results are kept. */
export const RESULTS = join(BENCH, "results");
