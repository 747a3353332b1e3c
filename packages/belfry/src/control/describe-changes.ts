import type { HostStatus, ServiceStatus } from "../inspect/host-view.js";

/**
 * What a reload has changed of what shows, in lines: services that came, went, moved or got other limits, and the number
 * of workers. Modules and certificates are fresh in any case.
 */
export function describeChanges(before: HostStatus, after: HostStatus): string {
  const [had, has] = [configured(before), configured(after)];
  const old = new Map(had.map((service) => [service.name, service]));
  const now = new Set(has.map(({ name }) => name));
  const lines = [
    ...has.flatMap((service) => {
      const was = old.get(service.name);
      return was === undefined
        ? [`+ ${service.name}: ${service.kind} on ${where(service)}`]
        : describeService(was, service);
    }),
    ...had.filter(({ name }) => !now.has(name)).map(({ name }) => `- ${name}`),
    ...difference("workers", before.plannedWorkers, after.plannedWorkers),
  ];
  const head = `generation ${after.generation} serves${after.config === null ? "" : `, from ${after.config}`}`;
  const body =
    lines.length === 0 ? ["  no service has changed its address, kind or limits"] : lines.map((line) => `  ${line}`);
  return [head, ...body].map((line) => `${line}\n`).join("");
}

/** Of a host that serves, those that drain are not in its configuration any more: old workers have connections of theirs. */
function configured({ services }: HostStatus): ServiceStatus[] {
  return services.filter(({ state }) => state !== "draining" && state !== "finished");
}

function describeService(was: ServiceStatus, is: ServiceStatus): string[] {
  const changes = [
    ...difference("kind", was.kind, is.kind),
    ...difference("listens on", where(was), where(is)),
    ...difference("TLS", yesNo(was.isSecure), yesNo(is.isSecure)),
    ...difference("PROXY protocol", yesNo(was.isProxied), yesNo(is.isProxied)),
    ...difference("maxConns", was.maxConns ?? "none", is.maxConns ?? "none"),
  ];
  return changes.length === 0 ? [] : [`~ ${is.name}: ${changes.join(", ")}`];
}

function difference(what: string, was: string | number, is: string | number): string[] {
  return was === is ? [] : [`${what} ${was} → ${is}`];
}

function where({ addresses }: ServiceStatus): string {
  return addresses.join(" ");
}

function yesNo(value: boolean): string {
  return value ? "yes" : "no";
}
