/** The options that say who is let in. */
interface Guests {
  readonly anonymous?: unknown;
  readonly users?: readonly unknown[] | undefined;
  readonly usersFile?: string | undefined;
}

/** Whether anybody is let in, as anonymous: when that is wanted, and where nobody else is let in. */
export function letsAnybodyIn({ anonymous = false, users = [], usersFile }: Guests): boolean {
  return anonymous !== false || (users.length === 0 && usersFile === undefined);
}
