import type { FtpService, PathEvent, SessionInfo, TransferEvent } from "@belfry/ftp";
import type { Log, LogFields } from "../log/log.js";
import { formatSpan } from "../text/format-span.js";
import { describeError, quote } from "./quote.js";

/** Tells `log` what clients of an FTP service do. Passwords are in none of it. */
export function logSessions(service: FtpService, log: Log): void {
  logLogins(service, log);
  service.on("upload", (event) => logTransfer(event, "received", log));
  service.on("download", (event) => logTransfer(event, "sent", log));
  logChanges(service, log);
  service.on("failed", ({ session, verb, error }) => {
    const text = describeError(error);
    const fields = { event: "failed", ...about(session), verb, error: text };
    log.write("error", `${session.id} ${verb} failed: ${text}`, fields);
  });
  if (log.writes("debug")) logCommands(service, log);
}

function logLogins(service: FtpService, log: Log): void {
  service.on("login", ({ session, user }) => {
    const { id, remoteAddress, isSecure } = session;
    const from = `${remoteAddress}, ${isSecure ? "under TLS" : "in the clear"}`;
    log.gather("info", `${id} logged in as ${quote(user)} (${from})`, () => ({
      event: "login",
      ...about(session),
      user,
      isSecure,
    }));
  });
  service.on("logout", ({ session, user }) => {
    log.gather("debug", `${session.id} logged out`, () => ({ event: "logout", ...about(session), user }));
  });
  service.on("loginFailed", ({ session, user, reason, error }) => {
    const why = error === undefined ? reason : `${reason}: ${describeError(error)}`;
    const fields = { event: "loginFailed", ...about(session), user, reason };
    const level = reason === "error" ? "error" : "warn";
    log.write(level, `${session.id} may not log in as ${quote(user)} (${session.remoteAddress}): ${why}`, fields);
  });
  service.on("ban", ({ kind, key, until }) => {
    const at = new Date(until).toISOString();
    log.write("warn", `banned ${kind} ${quote(key)} until ${at}`, { event: "ban", kind, key, until: at });
  });
}

function logTransfer(event: TransferEvent, what: "sent" | "received", log: Log): void {
  const { session, user, path, bytes, duration, isComplete, error, digest } = event;
  const end = isComplete ? "" : `, incomplete: ${describeError(error)}`;
  log.gather("info", `${session.id} ${what} ${quote(path)}: ${bytes} bytes in ${formatSpan(duration)}${end}`, () => ({
    event: what,
    ...about(session),
    user,
    path,
    bytes,
    duration,
    isComplete,
    ...(error !== null && { error: describeError(error) }),
    ...(digest !== null && { digest }),
  }));
}

function logChanges(service: FtpService, log: Log): void {
  const change = (what: string) => (event: PathEvent) => {
    const { session, user, path } = event;
    log.gather("info", `${session.id} ${what} ${quote(path)}`, () => ({ event: what, ...about(session), user, path }));
  };
  service.on("delete", change("deleted"));
  service.on("makeDirectory", change("made directory"));
  service.on("removeDirectory", change("removed directory"));
  service.on("rename", ({ session, user, path, to }) => {
    const text = `${session.id} renamed ${quote(path)} to ${quote(to)}`;
    log.gather("info", text, () => ({ event: "renamed", ...about(session), user, path, to }));
  });
}

function logCommands(service: FtpService, log: Log): void {
  service.on("command", ({ session, verb, argument, code }) => {
    const text = argument === "" ? verb : `${verb} ${quote(argument)}`;
    const fields = (): LogFields => ({ event: "command", ...about(session), verb, argument, code });
    log.gather("debug", `${session.id} ${text} → ${code}`, fields);
  });
}

function about({ id, remoteAddress }: SessionInfo): LogFields {
  return { id, remote: remoteAddress };
}
