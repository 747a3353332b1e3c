import { styleText } from "node:util";

export type Style = Parameters<typeof styleText>[0];

/** Puts a style on a text, or leaves it plain. */
export type Paint = (style: Style, text: string) => string;

/** @param isColoured not left to the runtime to decide: the output need not be the process's own. */
export function createPaint(isColoured: boolean): Paint {
  if (!isColoured) return (_style, text) => text;
  return (style, text) => (text === "" ? "" : styleText(style, text, { validateStream: false }));
}
