// `npm start`: a fresh checkout to running services. Arguments go to `belfry serve`.

import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { prepare, ROOT } from "./prepare.mjs";

prepare();
process.argv.splice(2, 0, "serve");
// In this process rather than a child, so that signals reach the services as they would in production.
await import(pathToFileURL(join(ROOT, "packages", "belfry", "bin", "belfry.js")).href);
