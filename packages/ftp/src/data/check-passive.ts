import { externalAddressOf } from "./external-address.js";
import { checkPorts } from "./passive-ports.js";
import type { PassiveOptions } from "./passive-options.js";

/**
 * Looks through the options of passive mode before a client needs them.
 *
 * @throws {RangeError} when `ports` is no range of ports.
 * @throws {TypeError} that names the first wrong address or network of `externalAddress`.
 */
export function checkPassive(options: PassiveOptions): void {
  if (options.ports !== undefined) checkPorts(options.ports);
  externalAddressOf(options);
}
