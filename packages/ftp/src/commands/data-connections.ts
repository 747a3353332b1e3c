import { formatExtendedPassive, formatPort, parseExtendedPort, parsePort } from "../protocol/host-port.js";
import type { HostPort } from "../protocol/host-port.js";
import { ReplyError, reply } from "../protocol/reply.js";
import type { Reply } from "../protocol/reply.js";
import type { Session } from "../session/session.js";
import type { Verb } from "./verb.js";

/** Where the next data connection comes from: PASV, EPSV, PORT, EPRT. */
export const DATA_CONNECTION_VERBS: readonly Verb[] = [
  {
    name: "PASV",
    syntax: "",
    argument: "none",
    source: "RFC 959 §4.1.2",
    help: "Waits for the client's data connection on an IPv4 address and port it tells.",
    run: listenPassively,
  },
  {
    name: "EPSV",
    syntax: "[<SP> 1 | 2 | ALL]",
    argument: "text",
    isOptional: true,
    source: "RFC 2428 §3",
    help: "Waits for the client's data connection on a port it tells; ALL: no other way from now on.",
    feature: ({ settings }) => (settings.passive === null ? null : "EPSV"),
    run: listenExtended,
  },
  {
    name: "PORT",
    syntax: "<SP> h1,h2,h3,h4,p1,p2",
    argument: "text",
    source: "RFC 959 §4.1.2",
    help: "Makes data connections to a port of the client.",
    run: (session, argument) => dial(session, parsePort(argument)),
  },
  {
    name: "EPRT",
    syntax: "<SP> |protocol|address|port|",
    argument: "text",
    source: "RFC 2428 §2",
    help: "Makes data connections to a port of the client, over IPv4 or IPv6.",
    feature: ({ settings }) => (settings.active ? "EPRT" : null),
    run: (session, argument) => dial(session, parseExtendedPort(argument)),
  },
];

function listenPassively(session: Session): Reply | Promise<Reply> {
  checkNotExtendedOnly(session);
  return whenListening(session.data.listen("ipv4"), (at) => reply(227, `Entering Passive Mode (${formatPort(at)})`));
}

function listenExtended(session: Session, argument: string): Reply | Promise<Reply> {
  const protocol = argument.trim().toUpperCase();
  if (protocol === "ALL") {
    session.state.isExtendedPassiveOnly = true;
    return reply(200, "Only EPSV from now on");
  }
  return whenListening(session.data.listen(readFamily(protocol)), ({ port }) =>
    reply(229, `Entering Extended Passive Mode ${formatExtendedPassive(port)}`),
  );
}

/** RFC 2428 §3 takes the protocol numbers of §2: 1 for IPv4, 2 for IPv6. */
function readFamily(protocol: string): "ipv4" | "ipv6" | null {
  if (protocol === "") return null;
  if (protocol === "1") return "ipv4";
  if (protocol === "2") return "ipv6";
  if (/^\d+$/.test(protocol)) throw new ReplyError(522, "Network protocol not supported, use (1,2)");
  throw new ReplyError(501, "EPSV takes 1, 2 or ALL");
}

/** At once where the listener is there already, so that the client's next step is not a tick later. */
function whenListening(at: HostPort | Promise<HostPort>, answer: (at: HostPort) => Reply): Reply | Promise<Reply> {
  return at instanceof Promise ? at.then(answer) : answer(at);
}

function dial(session: Session, target: HostPort): Reply {
  checkNotExtendedOnly(session);
  session.data.dialLater(target);
  return reply(200, "Ready to connect there");
}

function checkNotExtendedOnly({ state }: Session): void {
  // RFC 2428 §4: after EPSV ALL "the server MUST reject all data connection setup commands other than EPSV".
  if (state.isExtendedPassiveOnly) throw new ReplyError(501, "Only EPSV may be used after EPSV ALL");
}
