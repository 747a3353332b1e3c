import { CONNECTION_ORDERS, type ConnectionQuery } from "../inspect/host-view.js";
import { DEFAULT_CONNECTIONS, MAX_CONNECTIONS } from "../inspect/list-connections.js";
import { Query } from "../http/query.js";

/**
 * Reads which connections an address asks for: `service`, `filter`, `order`, `limit`.
 *
 * @param min the least limit: 0 where none may be wanted.
 * @throws {RequestError} 400, naming what is wrong.
 */
export function readConnectionQuery(params: URLSearchParams, min: 0 | 1): ConnectionQuery & { readonly limit: number } {
  const query = new Query(params, ["service", "filter", "order", "limit"]);
  return {
    service: query.text("service"),
    filter: query.text("filter"),
    order: query.choice("order", CONNECTION_ORDERS),
    limit: query.number("limit", { min, max: MAX_CONNECTIONS }, DEFAULT_CONNECTIONS),
  };
}
