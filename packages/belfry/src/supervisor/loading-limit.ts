/** A module of the user's that never stops loading must not hold up a start or a reload for ever. Milliseconds. */
const LONGEST = 60_000;

/** Watches a process that loads a configuration. */
export interface LoadingLimit {
  /** It is about to load the module at `path`. */
  loading(path: string): void;
  /** What it was at, to be put behind a message; empty when it was at no module. */
  readonly where: string;
  /** It has loaded, or ended. */
  end(): void;
}

/** @param onLate called after a minute, with what has taken so long. */
export function limitLoading(onLate: (why: string) => void): LoadingLimit {
  let at: string | null = null;
  const timer = setTimeout(() => {
    onLate(`${at === null ? "its modules take" : `"${at}" takes`} longer than ${LONGEST / 1000} s to load`);
  }, LONGEST);
  return {
    loading: (path) => (at = path),
    get where() {
      return at === null ? "" : ` while it loaded "${at}"`;
    },
    end() {
      clearTimeout(timer);
      at = null;
    },
  };
}
