/** What a client does with a data connection. */
export type DataUse =
  /** Reads to the end. */
  | { readonly use: "take" }
  /** Sends so many bytes and ends. */
  | { readonly use: "give"; readonly size: number }
  /** Sends so many bytes and resets it. */
  | { readonly use: "break"; readonly size: number }
  /** Sends so many bytes, reads none, and leaves it open. */
  | { readonly use: "stall"; readonly size: number }
  /** Resets it as soon as it is open. */
  | { readonly use: "drop" }
  /** Ends its own half at once and reads on. */
  | { readonly use: "half" };

/** One step of a client. Its effect may depend on what the server has said; the steps of a script do not. */
export type Step =
  /** Sends bytes, one a character, cut at these places. `{PORT}` and `{EPRT}` stand for an address the client listens on. */
  | { readonly do: "send"; readonly bytes: string; readonly cuts?: readonly number[] }
  /** Waits for the final reply to everything sent. */
  | { readonly do: "await" }
  /** Opens a data connection to the passive port told last, or will do so with one the server opens. */
  | { readonly do: "data"; readonly use: DataUse }
  /** Somebody else connects to the passive port told last, and sends something. */
  | { readonly do: "stranger" }
  /** Goes over to TLS, if the server has just agreed. */
  | { readonly do: "tls" }
  /** Stops reading replies until `resume`. */
  | { readonly do: "pause" }
  | { readonly do: "resume" }
  /** Lets the event loop turn so many times. */
  | { readonly do: "turns"; readonly count: number }
  /** Ends its half of the control connection. */
  | { readonly do: "end" }
  /** Resets the control connection. */
  | { readonly do: "reset" };

export type Script = readonly Step[];

/** A script as a person reads it, a step a line. */
export function formatScript(script: Script): string {
  return script.map((step) => `  ${formatStep(step)}`).join("\n");
}

function formatStep(step: Step): string {
  if (step.do === "turns") return `turns ${step.count}`;
  if (step.do === "data") return `data ${step.use.use}${"size" in step.use ? ` ${step.use.size}` : ""}`;
  if (step.do !== "send") return step.do;
  const { bytes, cuts = [] } = step;
  const shown = bytes.length > 300 ? `${bytes.slice(0, 200)}… (${bytes.length} bytes)` : bytes;
  return `send ${JSON.stringify(shown)}${cuts.length > 0 ? ` cut at ${cuts.join(", ")}` : ""}`;
}
