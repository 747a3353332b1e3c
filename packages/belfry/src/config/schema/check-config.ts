import { describeIssues } from "./describe-issues.js";
import type { KeyPath } from "../problems/key-path.js";
import { nearWord } from "../../text/near-word.js";
import { BUILT_IN, type BuiltIn, HOST, type HostSettings, type ServiceSettings } from "./schema.js";
import { isModulePath, MODULE } from "./service-schemas.js";
import { showValue } from "../problems/show-value.js";
import type { Finding } from "../problems/finding.js";

/** What of a configuration has the right shape. */
export interface CheckedConfig {
  /** All but the services; `null` when something of it is wrong. */
  readonly host: HostSettings | null;
  /** Those services that are all right. */
  readonly services: ReadonlyMap<string, ServiceSettings>;
}

/**
 * Compares a configuration, in which the environment is in place, with the schema. Never throws.
 *
 * @param findings gets everything that is wrong.
 */
export function checkConfig(value: unknown, findings: Finding[]): CheckedConfig {
  const host = HOST.safeParse(value);
  if (!host.success) add(describeIssues(host.error, value, []), findings);
  const given = servicesOf(value);
  const services = new Map<string, ServiceSettings>();
  for (const [name, each] of Object.entries(given ?? {})) {
    const checked = checkService(name, each, findings);
    if (checked !== null) services.set(name, checked);
  }
  if (given !== null && Object.keys(given).length === 0) {
    findings.push({ path: ["services"], text: "expected at least one service" });
  }
  return { host: host.success ? host.data : null, services };
}

function servicesOf(value: unknown): Readonly<Record<string, unknown>> | null {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, "services")) return null;
  const { services } = value as { readonly services: unknown };
  return typeof services === "object" && services !== null && !Array.isArray(services)
    ? (services as Record<string, unknown>)
    : null;
}

function checkService(name: string, value: unknown, findings: Finding[]): ServiceSettings | null {
  const path = ["services", name];
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    add([{ path, text: `${showValue(value, path)}: expected an object with use and listen` }], findings);
    return null;
  }
  const { use } = value as { readonly use?: unknown };
  const schema = schemaOf(use);
  if (schema === null) {
    add([{ path: [...path, "use"], text: describeUse(use, [...path, "use"]) }], findings);
    return null;
  }
  const checked = schema.safeParse(value);
  if (checked.success) return checked.data;
  add(describeIssues(checked.error, value, path), findings);
  return null;
}

const NAMES = Object.keys(BUILT_IN) as readonly BuiltIn[];

function schemaOf(use: unknown): (typeof BUILT_IN)[BuiltIn] | typeof MODULE | null {
  const builtIn = NAMES.find((name) => name === use);
  if (builtIn !== undefined) return BUILT_IN[builtIn];
  return typeof use === "function" || (typeof use === "string" && isModulePath(use)) ? MODULE : null;
}

function describeUse(use: unknown, path: KeyPath): string {
  const expected = `expected ${NAMES.map((name) => `"${name}"`).join(", ")}, or the path of a module such as "./gateway.ts"`;
  if (use === undefined) return `missing: ${expected}`;
  const near = typeof use === "string" ? (asModulePath(use) ?? nearWord(use, NAMES)) : null;
  return `${showValue(use, path)}: ${near === null ? expected : `did you mean "${near}"? ${expected}`}`;
}

/** What was meant by the name of a file without a folder. */
function asModulePath(use: string): string | null {
  return /^[^./\\][^\\]*\.[cm]?[jt]s$/.test(use) ? `./${use}` : null;
}

/** Adds what is found at places where nothing is found yet: a variable that is not set is no wrong value besides. */
function add(more: readonly Finding[], findings: Finding[]): void {
  const known = new Set(findings.map(({ path }) => JSON.stringify(path)));
  findings.push(...more.filter(({ path }) => !known.has(JSON.stringify(path))));
}
