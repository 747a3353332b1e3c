import { CONNECTION_ORDERS, type ConnectionOrder, type ConnectionQuery } from "../inspect/host-view.js";
import { MAX_CONNECTIONS } from "../inspect/list-connections.js";
import { nearWord } from "../text/near-word.js";
import type { ControlCommand, ControlQuestions } from "./control-messages.js";

/** A request that has been checked. */
export type ControlRequest = {
  readonly [C in ControlCommand]: { readonly command: C; readonly params: ControlQuestions[C]["params"] };
}[ControlCommand];

type Fields = Readonly<Record<string, unknown>>;

const READERS: { readonly [C in ControlCommand]: (fields: Fields) => ControlQuestions[C]["params"] } = {
  status: () => ({}),
  connections: readQuery,
  reload: () => ({}),
  drain: () => ({}),
  suspend: (fields) => ({ service: readText(fields, "service") }),
  resume: (fields) => ({ service: readText(fields, "service") }),
  kick: (fields) => ({ connection: readText(fields, "connection") }),
};

/**
 * Reads one line of a control socket. Fields it does not know are left alone.
 *
 * @throws {TypeError | RangeError} naming what is wrong.
 */
export function readRequest(line: string): ControlRequest {
  const fields = parse(line);
  const { command } = fields;
  if (typeof command !== "string") throw new TypeError('Cannot read the request: expected a text as "command"');
  if (!Object.hasOwn(READERS, command)) throw unknown(command);
  const known = command as ControlCommand;
  return { command: known, params: READERS[known](fields) } as ControlRequest;
}

function parse(line: string): Fields {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Fields;
  } catch {
    // Told below.
  }
  throw new TypeError("Cannot read the request: expected a JSON object a line");
}

function unknown(command: string): RangeError {
  const names = Object.keys(READERS);
  const near = nearWord(command, names);
  const hint = near === null ? `expected ${names.join(", ")}` : `did you mean "${near}"?`;
  return new RangeError(`Cannot do "${command}": ${hint}`);
}

function readText(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value === "string" && value !== "") return value;
  throw new TypeError(`Cannot use ${name} ${JSON.stringify(value)}: expected a text that is not empty`);
}

function readQuery(fields: Fields): ConnectionQuery {
  const { service, filter, order, limit } = fields;
  return {
    ...(service !== undefined && { service: readText(fields, "service") }),
    ...(filter !== undefined && { filter: readText(fields, "filter") }),
    ...(order !== undefined && { order: readOrder(order) }),
    ...(limit !== undefined && { limit: readLimit(limit) }),
  };
}

function readOrder(value: unknown): ConnectionOrder {
  const order = CONNECTION_ORDERS.find((name) => name === value);
  if (order !== undefined) return order;
  throw new RangeError(`Cannot use order ${JSON.stringify(value)}: expected ${CONNECTION_ORDERS.join(", ")}`);
}

function readLimit(value: unknown): number {
  const isCount = typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= MAX_CONNECTIONS;
  if (isCount) return value;
  throw new RangeError(
    `Cannot use limit ${JSON.stringify(value)}: expected a whole number from 1 to ${MAX_CONNECTIONS}`,
  );
}
