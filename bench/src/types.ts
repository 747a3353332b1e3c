/** A program to compare with, or one of ours. */
export interface Peer {
  /** How the command line and the result files name it. */
  readonly name: string;
  /** How tables name it. */
  readonly label: string;
  readonly runtime: "c" | "go" | "node" | "bun" | "deno" | "python" | "belfry" | "cli" | "system" | "debian";
  /**
   * The program under `peers/RUNTIME`, without its ending; for `system` and `debian` the command, for `cli` that of
   * `belfry`.
   */
  readonly program: string;
  readonly args?: readonly string[];
  /** The cases it takes part in. Default: all. */
  readonly cases?: readonly string[];
  /** The checkout it is of. Default: this one. */
  readonly root?: string;
  /** Whether its server may use every core, the client's too. Default: it is bound to one. */
  readonly isUnbound?: boolean;
}

/** A program that echoes: a server on its own, or a host with a configuration. */
export interface HostPeer extends Peer {
  /** What `belfry serve` is configured with. Default: the program takes no configuration. */
  readonly host?: {
    readonly workers: number;
    /** Whether it has a debug server. Default: it has. */
    readonly isDebugged?: boolean;
    /** Default: info, a line a connection. */
    readonly logLevel?: string;
    /** How long connections of an old generation go on before they are drained. Default: the host's. */
    readonly reloadGrace?: string | undefined;
  };
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

/** A case of tasks that are known or not. */
export interface TrackingCase extends Case {
  /** What is done: cases that differ in their Node alone do the same. */
  readonly does: string;
  /** The Node it runs on, by major version. Default: as for all. */
  readonly node?: string;
  /** The load of an echo server. Default: channels alone. */
  readonly echo?: Omit<LoadCase, keyof Case>;
}

/** A case of clients that ask and wait for the answer, again and again. */
export interface SteadyCase extends Case {
  readonly conns: number;
  /** Bytes a request. */
  readonly size: number;
  /** Milliseconds between an answer and the next request, in the mean. */
  readonly think: number;
  /** Requests on a connection before another is dialled, in the mean; 0 is without end. */
  readonly life: number;
  /** How many of the connections ask again and again; the others ask once. Default: all. */
  readonly active?: number;
  /** How long connections of an old generation go on before they are drained. Default: the host's. */
  readonly reloadGrace?: string;
}

/** A page of a debug server. */
export interface AnswerCase extends Case {
  readonly path: string;
}

/** A case of an FTP server: what its client does, and whose CPU counts. */
export interface FtpCase extends Case {
  /** `load/ftp.c` with its mode, or curl under TLS in one direction. */
  readonly client: "ftp" | "curl";
  readonly mode: string;
  /** Of the file or folder; uploads add to it. */
  readonly path: string;
  /** Bytes a file. */
  readonly bytes?: number;
  /** Files there are, logins, or entries of a folder. */
  readonly count?: number;
  /** Sessions at a time. */
  readonly conns?: number;
  /** The least a sample takes. Default: once. */
  readonly seconds?: number;
  /** Logins before the memory is read first: what they leave once is not what a session takes. */
  readonly logins?: number;
  /** Seconds of load before the first sample, so that compilers are done with what is short and often. Default: one run. */
  readonly warmUp?: number;
  readonly cpuOf: "server" | "both";
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
