/** Where a service listens; nowhere, when it is not among them. A service may be called as what every object has. */
export function addressesOf(
  addresses: Readonly<Record<string, readonly string[]>>,
  service: string,
): readonly string[] {
  return (Object.hasOwn(addresses, service) ? addresses[service] : undefined) ?? [];
}
