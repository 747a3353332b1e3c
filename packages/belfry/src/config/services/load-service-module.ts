import { resolve } from "node:path";
import type { Service } from "@belfry/server";
import { describeThrown } from "../modules/describe-thrown.js";
import { lookAtFile } from "../source/look-at-file.js";
import { Misfit } from "../problems/misfit.js";
import type { ModuleLoader } from "../modules/module-loader.js";
import { untilIdle } from "../modules/until-idle.js";

/** A module of the user's, and where it is used. */
export interface ServiceModule {
  /** As the config names it. */
  readonly use: string;
  /** What that is seen from. */
  readonly directory: string;
  /** The service's name. */
  readonly name: string;
  readonly options: unknown;
}

/**
 * The service a module exports: what its `createService(options, { name })` makes, or its default export.
 *
 * @throws {Misfit} at `use`, or at `options` when nobody takes them; with the reason, and the line where the module threw.
 */
export async function loadServiceModule(module: ServiceModule, loader: ModuleLoader): Promise<Service> {
  const { use, name, options } = module;
  const exports = await load(module, loader);
  const { createService, default: service } = exports;
  if (typeof createService === "function") return create(createService as CreateService, module);
  if (typeof service !== "function") {
    const names = Object.keys(exports).join(", ") || "nothing";
    throw misfit(
      name,
      use,
      `expected a service as its default export, or createService(options, { name }); it exports ${names}`,
    );
  }
  if (isClass(service))
    throw misfit(name, use, `expected a service as its default export, which is a function; ${CLASS}`);
  if (options !== undefined) {
    const why = `nobody takes them: "${use}" exports no createService(options, { name })`;
    throw new Misfit(["services", name, "options"], why);
  }
  return service as Service;
}

const CLASS = "it is a class, which nobody makes an object of";

/** A server would call it, and a class throws at that. */
function isClass(value: unknown): boolean {
  return typeof value === "function" && /^class\b/.test(Function.prototype.toString.call(value));
}

type CreateService = (options: unknown, context: { readonly name: string }) => unknown;

async function load({ use, directory, name }: ServiceModule, loader: ModuleLoader): Promise<Record<string, unknown>> {
  const path = resolve(directory, use);
  const trouble = lookAtFile(path);
  if (trouble !== null) throw misfit(name, use, trouble);
  try {
    return { ...(await loader.load(path)) };
  } catch (error) {
    throw misfit(name, use, `it cannot be loaded: ${(error as Error).message}`, error);
  }
}

async function create(createService: CreateService, { use, name, options }: ServiceModule): Promise<Service> {
  let made: unknown;
  try {
    made = await untilIdle(Promise.resolve(createService(options, { name })));
  } catch (error) {
    throw misfit(name, use, `its createService threw: ${describeThrown(error)}`, error);
  }
  if (typeof made === "function" && !isClass(made)) return made as Service;
  throw misfit(name, use, "expected its createService to return a service, which is a function");
}

function misfit(...[name, use, why, cause]: [name: string, use: string, why: string, cause?: unknown]): Misfit {
  return new Misfit(["services", name, "use"], `${JSON.stringify(use)}: ${why}`, cause);
}
