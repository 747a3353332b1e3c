import type { AddressRule, PassiveOptions } from "@belfry/ftp";
import { UsageError } from "../usage-error.js";

/**
 * What `--external-address` says, given once or several times: `NETWORK=ADDRESS` for the clients of a network, in the order given, and
 * an `ADDRESS` alone for all others.
 *
 * @throws {UsageError} for two addresses for all others.
 */
export function externalAddresses(texts: readonly string[]): PassiveOptions["externalAddress"] {
  const others = texts.filter((text) => !text.includes("="));
  const [address, second] = others;
  if (second !== undefined) {
    throw new UsageError(`Cannot use --external-address "${second}": "${String(address)}" is for all clients already`);
  }
  if (texts.length === others.length) return address;
  const rules = texts.filter((text) => text.includes("=")).map(parseRule);
  return address === undefined ? rules : [...rules, { network: "0.0.0.0/0", address }];
}

function parseRule(text: string): AddressRule {
  const at = text.indexOf("=");
  return { network: text.slice(0, at), address: text.slice(at + 1) };
}
