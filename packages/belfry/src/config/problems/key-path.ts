/** Where a value stands in a configuration: keys and indexes, from the outside in. */
export type KeyPath = readonly (string | number)[];

/** A path as one would write it: `services.echo.listen[1]`, `services["New York"].maxConns`. */
export function formatKeyPath(path: KeyPath): string {
  let text = "";
  for (const part of path) {
    if (typeof part === "number") text += `[${part}]`;
    else if (!/^[\w$-]+$/.test(part)) text += `[${JSON.stringify(part)}]`;
    else text += text === "" ? part : `.${part}`;
  }
  return text;
}
