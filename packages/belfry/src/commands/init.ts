import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Option } from "commander";
import type { CliCommand } from "../command.js";
import { EXAMPLE_FORMATS, EXAMPLES, type ExampleFormat } from "../config/source/examples.js";
import { CONFIG_NAME, findConfigFile } from "../config/source/find-config-file.js";
import { EXIT } from "../exit-status.js";
import { print } from "../print.js";

interface InitOptions {
  readonly format: ExampleFormat;
}

/** `belfry init` */
export const initCommand: CliCommand<InitOptions> = {
  name: "init",
  summary: "write a commented config file to begin with",
  examples: ["belfry init", "belfry init --format yaml"],
  configure(command) {
    command.addOption(new Option("--format <format>", "its language").choices(EXAMPLE_FORMATS).default("ts"));
  },
  async run({ options }, io) {
    const name = writeExample(process.cwd(), options.format);
    await print(io.stdout, `wrote ${name}; belfry check says what it means, belfry serve runs it\n`);
    return EXIT.ok;
  },
};

/**
 * Writes the example into a directory where no config is.
 *
 * @returns the file's name.
 * @throws {Error} that names the config that is there; it stays as it is.
 */
export function writeExample(directory: string, format: ExampleFormat): string {
  const name = `${CONFIG_NAME}.${format}`;
  const found = findConfigFile({ file: null, directory });
  if (found !== null) throw new Error(`Cannot write "${name}": "${found}" is there already`);
  try {
    writeFileSync(join(directory, name), EXAMPLES[format], { flag: "wx" });
  } catch (cause) {
    throw new Error(`Cannot write "${name}": ${(cause as NodeJS.ErrnoException).code ?? String(cause)}`, { cause });
  }
  return name;
}
