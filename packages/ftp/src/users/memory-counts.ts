import type { LoginCounts } from "./login-counts.js";
import { memoryBans } from "./memory-bans.js";

/** Counts in the memory of this process, which answer at once. */
export function memoryCounts(): LoginCounts {
  /** By the account's name. */
  const sessions = new Map<string, number>();
  const leave = (account: string): void => {
    const left = (sessions.get(account) ?? 1) - 1;
    if (left === 0) sessions.delete(account);
    else sessions.set(account, left);
  };
  return {
    processes: 1,
    bans: (rules) => memoryBans(rules),
    enter(account, max) {
      const count = sessions.get(account) ?? 0;
      if (count >= max) return null;
      sessions.set(account, count + 1);
      return () => leave(account);
    },
  };
}
