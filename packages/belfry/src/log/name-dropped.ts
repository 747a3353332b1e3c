/** What is told of lines that nobody has read in time. */
export function nameDropped(count: number): string {
  return `${count} ${count === 1 ? "line" : "lines"} of the log dropped: nobody has read them in time`;
}
