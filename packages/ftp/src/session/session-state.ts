import type { TransferForm } from "../data/transfer-form.js";

/** What a client has set by commands. REIN and AUTH put it back to where it began. */
export interface SessionState {
  /** The name USER gave, while PASS is awaited; `null` else. */
  pendingUser: string | null;
  /** The virtual host HOST asked for; `null` without. */
  host: string | null;
  /** What CLNT or CSID said; `null` without. */
  client: string | null;
  /** The working directory: absolute, normalised. */
  directory: string;
  form: TransferForm;
  /** Where the next transfer begins (REST); 0 else. Kept over NOOP and the like, spent by the next transfer. */
  restartAt: number;
  /** The path RNFR named, until the next command; `null` else. */
  renameFrom: string | null;
  /** EPSV ALL was sent: no other way to a data connection but EPSV (RFC 2428 §4). */
  isExtendedPassiveOnly: boolean;
  /** PBSZ was sent, which PROT needs (RFC 4217 §9). */
  hasBufferSize: boolean;
  /** PROT P: data connections go under TLS. */
  isDataProtected: boolean;
  /** The facts MLST and MLSD give, in order; OPTS MLST chooses. `null`: the default. */
  facts: readonly string[] | null;
  /** The digest of HASH, chosen by OPTS HASH. */
  hashAlgorithm: string;
}

/** What a client's session begins with. */
export interface Beginning {
  /** Whether data connections go under TLS without PROT P, as with implicit TLS. */
  readonly isDataProtected: boolean;
  /** Whether TYPE A, with which a session begins, converts anything. */
  readonly convertsLineEnds: boolean;
}

/** Where a client begins: in the root, in TYPE A (RFC 959 §5.1), and with nothing set. */
export function initialState({ isDataProtected, convertsLineEnds }: Beginning): SessionState {
  return {
    pendingUser: null,
    host: null,
    client: null,
    directory: "/",
    form: convertsLineEnds ? TEXT : BINARY,
    restartAt: 0,
    renameFrom: null,
    isExtendedPassiveOnly: false,
    hasBufferSize: isDataProtected,
    isDataProtected,
    facts: null,
    hashAlgorithm: "SHA-256",
  };
}

const TEXT: TransferForm = { type: "A", mode: "S" };
const BINARY: TransferForm = { type: "I", mode: "S" };
