const CONTROL = /\p{Cc}/u;
const CONTROLS = /\p{Cc}/gu;

/** Text as it may stand in a line that a terminal shows: what would steer it, or end the line, becomes `?`. */
export function withoutControls(text: string): string {
  return CONTROL.test(text) ? text.replaceAll(CONTROLS, "?") : text;
}
