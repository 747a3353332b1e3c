import type { Session } from "../session/session.js";
import { can } from "../storage/storage.js";
import type { StorageAbilities } from "../storage/storage.js";

/** A line of FEAT for what not every storage can do. Before the login the storage is not known, and the line is shown. */
export function whereStorageCan(ability: keyof StorageAbilities, line: string): (session: Session) => string | null {
  return (session) => (!session.isLoggedIn || can(session.storage, ability) ? line : null);
}
