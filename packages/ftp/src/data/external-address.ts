import { type Networks, networks } from "@belfry/net";
import { lookup as systemLookup } from "node:dns/promises";
import { isIPv4 } from "node:net";
import type { AddressRule, PassiveClient, PassiveOptions } from "./passive-options.js";

/** How long a resolved name counts, in milliseconds. */
const NAME_LIFETIME = 60_000;

/** Names remembered at once: a function may give a new one each time. */
const MAX_NAMES = 64;

/** Finds the IPv4 address of a name. */
export type LookupName = (name: string) => Promise<string>;

/**
 * The IPv4 address to announce to a client, at once where nothing has to be asked.
 *
 * @throws {Error} or rejects, when it cannot be found out.
 */
export type ExternalAddress = (client: PassiveClient) => string | Promise<string>;

/**
 * Makes the function that knows what address to announce, and remembers the names it has resolved for a minute. A name
 * that stops to resolve keeps its last address.
 *
 * @param option as in {@link PassiveOptions}; left out: the address the client has reached.
 * @param lookup how names are resolved. Default: by the system.
 * @throws {TypeError} that names the first wrong address.
 * @throws {RangeError} that names the first wrong network.
 */
export function createExternalAddress(
  option: PassiveOptions["externalAddress"],
  lookup: LookupName = lookupIpv4,
): ExternalAddress {
  const names = new NameCache(lookup);
  const addressFor = (address: unknown, client: PassiveClient): string | Promise<string> => {
    const checked = checkAddress(address);
    if (checked === "local") return client.localAddress;
    return isIPv4(checked) ? checked : names.resolve(checked);
  };
  if (option === undefined) return (client) => client.localAddress;
  if (typeof option === "string") {
    checkAddress(option);
    return (client) => addressFor(option, client);
  }
  if (typeof option === "function") {
    return (client) => {
      const asked = option(client);
      return typeof asked === "string"
        ? addressFor(asked, client)
        : Promise.resolve(asked).then((address) => addressFor(address, client));
    };
  }
  const rules = checkRules(option);
  return (client) => {
    const fit = rules.find(({ clients }) => clients.has(client.remoteAddress));
    return fit === undefined ? client.localAddress : addressFor(fit.address, client);
  };
}

const known = new WeakMap<PassiveOptions, ExternalAddress>();

/**
 * The same for an options object, made once, so that all sessions share what was resolved.
 *
 * @throws {TypeError} that names the first wrong address.
 * @throws {RangeError} that names the first wrong network.
 */
export function externalAddressOf(options: PassiveOptions): ExternalAddress {
  let found = known.get(options);
  if (found === undefined) {
    found = createExternalAddress(options.externalAddress);
    known.set(options, found);
  }
  return found;
}

interface CheckedRule {
  readonly address: string;
  readonly clients: Networks;
}

function checkRules(rules: unknown): readonly CheckedRule[] {
  if (!Array.isArray(rules)) {
    throw new TypeError(
      `Cannot use external address ${shown(rules)}: expected an address, a name, a list of rules or a function`,
    );
  }
  return rules.map(({ address, network }: AddressRule) => ({
    address: checkAddress(address),
    clients: networks([network]),
  }));
}

/** PASV has room for an IPv4 address only (RFC 959 §4.1.2). */
function checkAddress(address: unknown): string {
  if (typeof address === "string" && (isIPv4(address) || isName(address))) return address;
  throw new TypeError(`Cannot use external address ${shown(address)}: expected an IPv4 address, a name or "local"`);
}

/** A host name as in RFC 1123 §2.1, whose last label is not all digits; underscores are seen in the wild. */
function isName(text: string): boolean {
  return text.length <= 253 && /^(?:[\w-]{1,63}\.)*(?!\d+\.?$)[\w-]{1,63}\.?$/.test(text);
}

function shown(value: unknown): string {
  return typeof value === "string" ? `"${value}"` : String(value);
}

interface KnownName {
  address: string | null;
  /** When it is to be resolved anew. */
  expires: number;
  /** The lookup under way, which all who ask meanwhile wait for. */
  pending: Promise<string> | null;
}

class NameCache {
  readonly #lookup: LookupName;
  readonly #names = new Map<string, KnownName>();

  constructor(lookup: LookupName) {
    this.#lookup = lookup;
  }

  resolve(name: string): string | Promise<string> {
    const entry = this.#entry(name);
    if (entry.address !== null && Date.now() < entry.expires) return entry.address;
    return (entry.pending ??= this.#refresh(name, entry));
  }

  #entry(name: string): KnownName {
    let entry = this.#names.get(name);
    if (entry === undefined) {
      const [oldest] = this.#names.keys();
      if (oldest !== undefined && this.#names.size >= MAX_NAMES) this.#names.delete(oldest);
      entry = { address: null, expires: 0, pending: null };
      this.#names.set(name, entry);
    }
    return entry;
  }

  async #refresh(name: string, entry: KnownName): Promise<string> {
    try {
      entry.address = await this.#lookup(name);
      entry.expires = Date.now() + NAME_LIFETIME;
      return entry.address;
    } catch (error) {
      if (entry.address === null) throw error;
      // A name server that is down must not be asked again by each client meanwhile.
      entry.expires = Date.now() + NAME_LIFETIME;
      return entry.address;
    } finally {
      entry.pending = null;
    }
  }
}

async function lookupIpv4(name: string): Promise<string> {
  return (await systemLookup(name, { family: 4 })).address;
}
