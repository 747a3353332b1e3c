import stringWidth from "string-width";

/** The text, or as much of its beginning as goes into `width` columns with an ellipsis behind it. */
export function cut(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  let shown = "";
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    if (stringWidth(shown + segment) > width - 1) break;
    shown += segment;
  }
  return width < 1 ? "" : `${shown}…`;
}
