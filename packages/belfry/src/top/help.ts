/** Keys and what they do. */
export const HELP: readonly (readonly [keys: string, text: string])[] = [
  ["q, Ctrl-C", "quit"],
  ["s", "the next order of connections; or at once:"],
  ["r i o", "by rate, bytes in, bytes out a second"],
  ["w a", "by bytes that wait to be taken, by age"],
  ["Tab, ↓ →", "connections of the next service alone"],
  ["Shift-Tab, ↑ ←", "of the one before"],
  ["Esc", "of all services"],
  ["p, space", "pause, and go on"],
  ["?, h", "this help, and back"],
  ["", ""],
  ["NEW, IN, OUT", "a second, since the look before"],
  ["LOOP P99", "how late the event loop is, but for 1 in 100"],
  ["–", "not known yet"],
];
