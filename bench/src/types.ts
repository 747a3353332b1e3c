/** A program to compare with, or one of ours. */
export interface Peer {
  /** How the command line and the result files name it. */
  readonly name: string;
  /** How tables name it. */
  readonly label: string;
  readonly runtime: "c" | "go" | "node" | "bun" | "deno" | "belfry" | "cli" | "system";
  /** The program under `peers/RUNTIME`, without its ending; for `system` the command, for `cli` that of `belfry`. */
  readonly program: string;
  readonly args?: readonly string[];
  /** The cases it takes part in. Default: all. */
  readonly cases?: readonly string[];
  /** The checkout it is of. Default: this one. */
  readonly root?: string;
}

/** One setting a workload is measured at. */
export interface Case {
  readonly name: string;
  /** The head of its column. */
  readonly title: string;
}

/** A case driven by one of the clients under `load/`. */
export interface LoadCase extends Case {
  readonly load: "pingpong" | "bulk" | "churn";
  readonly conns: number;
  /** Bytes a message. */
  readonly size: number;
  /** Messages in flight on a connection. */
  readonly depth: number;
}

/** Something to measure: which cases, which peers, and how. */
export interface Workload {
  readonly name: string;
  readonly title: string;
  /** One sentence on what is done and what one operation is. */
  readonly about: string;
  readonly reference: string;
  readonly cases: readonly Case[];
  readonly peers: readonly Peer[];
  /** Clean samples, or runs, wanted for each row when the command line does not say. */
  readonly rounds: number;
  readonly columns: readonly Column[];
  /** Measures the chosen peers at the chosen cases. */
  readonly measure: (run: Run) => Promise<Measured>;
}

/** What a table shows of a row. */
export interface Column {
  readonly title: string;
  /** Which figure of the row, and how it is written. */
  readonly figure: string;
  readonly format: "ratio" | "count" | "decimal" | "percent";
}

/** One run of one workload. */
export interface Run {
  readonly workload: Workload;
  readonly cases: readonly Case[];
  readonly peers: readonly Peer[];
  readonly rounds: number;
  readonly options: Options;
  readonly log: (line: string) => void;
}

/** The command line, read. */
export interface Options {
  readonly workloads: readonly string[];
  readonly peers: readonly string[];
  readonly cases: readonly string[];
  readonly rounds: number | undefined;
  /** The most seconds to sample one workload for. */
  readonly maxSeconds: number;
  /** The Node that runs the `node` and `belfry` peers, by major version or path. Default: 24, else this one. */
  readonly node: string | undefined;
  /** Another checkout to compare this one with. */
  readonly base: string | undefined;
  readonly cores: Cores | undefined;
  readonly isVerified: boolean;
  readonly isWritten: boolean | undefined;
  readonly isBuilt: boolean;
  /** Bytes a netcat transfer. */
  readonly bytes: number;
  /** Seconds a clock is watched. */
  readonly clockSeconds: number;
}

/** Which core the server runs on, and which the client. */
export interface Cores {
  readonly server: number;
  readonly client: number;
}

/** One short measurement. */
export interface Sample {
  /** Seconds since the epoch at its end. */
  readonly at: number;
  /** Operations a second; NaN where there are none to count. */
  readonly rate: number;
  /** Microseconds of CPU an operation, or NaN. */
  readonly cpu: number;
  /** The share of the time that both sides waited for a core. */
  readonly wait: number;
  /** Further figures, reported as medians. */
  readonly figures: Readonly<Record<string, number>>;
}

/** A ratio to the reference: its median and quartiles. */
export interface Ratio {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** What came out for one peer at one case. */
export interface Row {
  readonly case: string;
  readonly peer: string;
  /** Samples that count, and all that were taken. */
  readonly samples: number;
  readonly taken: number;
  /** Fewer than three undisturbed samples: the figures are of the least disturbed. */
  readonly isNoisy: boolean;
  readonly figures: Readonly<Record<string, number>>;
  readonly ratios: Readonly<Record<string, Ratio>>;
}

/** A peer that was left out, and why. */
export interface Missing {
  readonly peer: string;
  readonly reason: string;
}

/** All that a workload's run found. */
export interface Measured {
  readonly rows: readonly Row[];
  readonly missing: readonly Missing[];
  readonly method: string;
}

/** A file under `results/`. */
export interface Result extends Measured {
  readonly workload: string;
  readonly title: string;
  readonly about: string;
  readonly reference: string;
  readonly takenAt: string;
  readonly command: string;
  readonly commit: string;
  readonly machine: Readonly<Record<string, string | number>>;
  readonly versions: Readonly<Record<string, string>>;
  readonly rounds: number;
  readonly cases: readonly Case[];
  readonly peers: readonly { readonly name: string; readonly label: string }[];
  readonly columns: readonly Column[];
}
