import type { Output } from "../io.js";

/** How many columns and rows an output has. A terminal that does not know says 0, and a file nothing: 80 by 24 then. */
export function sizeOf({ columns, rows }: Output): { readonly columns: number; readonly rows: number } {
  return { columns: columns || 80, rows: rows || 24 };
}

/** The output as a library sees it that asks for its size itself. */
export function sized(output: Output): NodeJS.WritableStream {
  const write = output.write.bind(output);
  return new Proxy(output, {
    get(target, name) {
      if (name === "columns" || name === "rows") return sizeOf(target)[name];
      return name === "write" ? write : (Reflect.get(target, name, target) as unknown);
    },
  });
}
