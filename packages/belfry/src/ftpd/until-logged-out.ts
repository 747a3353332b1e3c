import type { FtpService } from "@belfry/ftp";

/** What ends a transfer whose connections are gone takes no longer; what a storage hangs in is not waited for. */
const LIMIT = 1_000;

/**
 * Resolves when nobody is logged in any more, which is a moment after the last connection has been cut: what was under way has been told of
 * as incomplete by then, and its hidden file is gone. After a second in any case.
 */
export function untilLoggedOut(service: FtpService): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      off();
      resolve();
    };
    const look = (): void => {
      if (service.sessions().every(({ user }) => user === null)) end();
    };
    const off = service.on("logout", look);
    const timer = setTimeout(end, LIMIT);
    look();
  });
}
