import type { InfoField } from "../storage.js";
import type { DiskSettings } from "./disk-settings.js";
import type { LookupThread } from "./lookup-thread.js";
import type { Reach } from "./reach.js";

/** What a listing needs to know of its storage. */
export interface ListingContext {
  readonly reach: Reach;
  readonly settings: DiskSettings;
  /** Helps with large directories. */
  readonly thread: LookupThread;
  /** As the caller named it. */
  readonly path: string;
  readonly signal: AbortSignal | undefined;
  /** What is wanted beside name and type; everything by default. */
  readonly fields: readonly InfoField[] | undefined;
  /** Whether hidden files that a killed process has left are removed on the way. */
  readonly removesLeftovers: boolean;
}

/** Whether name and type are all that is wanted, which the directory itself tells of most. */
export function isBare({ fields }: Pick<ListingContext, "fields">): boolean {
  return fields?.length === 0;
}
