import type { BelfryConfig } from "./config.js";

/**
 * Gives a configuration its types; it is returned as it is. What is wrong with the values is told when it is loaded.
 *
 * @example
 * ```ts
 * import { defineConfig } from "belfry";
 *
 * const config = defineConfig({
 *   workers: "auto",
 *   services: {
 *     tokyo: { use: "clock", timeZone: "Asia/Tokyo", listen: "127.0.0.1:8020" },
 *     echo: { use: "echo", listen: [":8007", "unix:echo.sock"], idleTimeout: "5m" },
 *   },
 * });
 *
 * export { config as default };
 * ```
 */
export function defineConfig(config: BelfryConfig): BelfryConfig {
  return config;
}
