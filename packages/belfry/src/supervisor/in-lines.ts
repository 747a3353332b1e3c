/** An error whose message has several lines as one with as many errors: each is shown by itself. Others as they are. */
export function inLines(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof AggregateError || !error.message.includes("\n")) return error;
  const lines = error.message.split("\n").filter((line) => line.trim() !== "");
  return new AggregateError(
    lines.map((line) => new Error(line)),
    error.message,
  );
}
