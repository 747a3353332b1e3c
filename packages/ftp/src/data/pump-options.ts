import type { Hash } from "node:crypto";
import type { TransferForm } from "./transfer-form.js";
import type { TransferProgress } from "./transfer-plan.js";

/** How the bytes of one transfer are to be moved. */
export interface PumpOptions {
  readonly form: TransferForm;
  /** Bytes of the file, as storage has them, are counted into it; its signal ends every wait. */
  readonly progress: TransferProgress;
  /** Bytes a second on the data connection, more than 0; `null`: as fast as it goes. */
  readonly rate: number | null;
  /** Fed with the bytes of the file, as storage has them, in order; `null` without. */
  readonly digest: Hash | null;
}
