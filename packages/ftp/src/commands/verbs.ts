import { ACCESS_VERBS } from "./access.js";
import { DATA_CONNECTION_VERBS } from "./data-connections.js";
import { DIGEST_VERBS } from "./digests.js";
import { DIRECTORY_VERBS } from "./directories.js";
import { FACT_VERBS } from "./facts.js";
import { FILE_VERBS } from "./files.js";
import { infoVerbs } from "./info.js";
import { LISTING_VERBS } from "./listings.js";
import { PARAMETER_VERBS } from "./parameters.js";
import { SECURITY_VERBS } from "./security.js";
import { SITE } from "./site.js";
import { TRANSFER_VERBS } from "./transfers.js";
import type { Verb } from "./verb.js";

/** Every command the server knows, by its name in capitals. */
export const VERBS: ReadonlyMap<string, Verb> = new Map(
  [
    ...ACCESS_VERBS,
    ...SECURITY_VERBS,
    ...PARAMETER_VERBS,
    ...DATA_CONNECTION_VERBS,
    ...TRANSFER_VERBS,
    ...DIRECTORY_VERBS,
    ...LISTING_VERBS,
    ...FILE_VERBS,
    ...FACT_VERBS,
    ...DIGEST_VERBS,
    ...infoVerbs(() => VERBS),
    SITE,
  ].map((verb) => [verb.name, verb]),
);

/** The command of that name, in capitals; `null` when there is none. */
export function findVerb(name: string): Verb | null {
  return VERBS.get(name) ?? null;
}
