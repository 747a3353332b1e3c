import type { Jiti } from "jiti";
import { describeThrown } from "./describe-thrown.js";
import { untilIdle } from "./until-idle.js";

/** Loads modules in TypeScript and JavaScript, on every supported Node. A process loads each file once. */
export interface ModuleLoader {
  /**
   * @param path absolute.
   * @returns what it exports.
   * @throws {Error} when it cannot be loaded: the message says why and where.
   */
  load(path: string): Promise<Readonly<Record<string, unknown>>>;
}

/** A module that cannot be used. The message is to follow the module's name. */
class ModuleError extends Error {
  override readonly name: string = "ModuleError";
}

/**
 * Makes a loader. It writes nothing to the disk: a cache in a directory that others can write to would run what they put there.
 *
 * @param onLoading told of each module before it is loaded, which may take for ever.
 */
export function createModuleLoader(onLoading: (path: string) => void = () => {}): ModuleLoader {
  let jiti: Promise<Jiti> | undefined;
  return {
    async load(path) {
      onLoading(path);
      jiti ??= createTranspiler();
      const transpiler = await jiti;
      try {
        return exportsOf(await untilIdle(transpiler.import(path)));
      } catch (error) {
        throw new ModuleError(describeThrown(error), { cause: error });
      }
    },
  };
}

/** Loaded when the first module is: most configs name none, and a worker is to start fast. */
async function createTranspiler(): Promise<Jiti> {
  const [{ createJiti }, { OWN_PACKAGES }] = await Promise.all([import("jiti"), import("./own-packages.js")]);
  return createJiti(import.meta.url, { fsCache: false, virtualModules: OWN_PACKAGES, interopDefault: false });
}

/** A CommonJS module's export is its default export. */
function exportsOf(loaded: unknown): Readonly<Record<string, unknown>> {
  if (typeof loaded !== "object" || loaded === null) return { default: loaded };
  // Of a module in TypeScript, an empty one too, the transpiler says what it is only where it exports something.
  if (Object.keys(loaded).length === 0) return {};
  const isModule = Object.hasOwn(loaded, "default") || Object.hasOwn(loaded, "__esModule");
  return isModule ? (loaded as Record<string, unknown>) : { ...loaded, default: loaded };
}
