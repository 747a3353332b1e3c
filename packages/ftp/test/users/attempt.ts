import type { Account, Authenticate, Credentials, LoginAttempt } from "../../src/users/account.js";

/** Credentials with what a test says of them. */
export function credentials(user: string, password: string): Credentials {
  return { user, password, host: null, certificate: null };
}

/** An attempt with what a test says of it. */
export function attempt(changes: Partial<LoginAttempt> = {}): LoginAttempt {
  return {
    sessionId: "ftp#1",
    remoteAddress: "192.0.2.1",
    localAddress: "192.0.2.9",
    isSecure: false,
    signal: new AbortController().signal,
    ...changes,
  };
}

/** The account that logs in so. */
export async function logIn(authenticate: Authenticate, user: string, password: string): Promise<Account | null> {
  return authenticate(credentials(user, password), attempt());
}
