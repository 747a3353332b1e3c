import { type Addr, type Conn, dial, dialPacket, listen, listenPacket, type ParsedAddress } from "@belfry/net";
import { answer, netcat, netcatPackets, type NetcatResult, probe } from "@belfry/netcat";
import type { CliCommand } from "../command.js";
import { EXIT } from "../exit-status.js";
import type { Io } from "../io.js";
import { type Ends, openEnds } from "../netcat/ends.js";
import { addNetcatOptions, checkNetcatFlags, type NetcatFlags } from "../netcat/options.js";
import { parsePorts, parseTarget, type PortsTarget, resolveFamily } from "../netcat/target.js";
import { clientTls, serverTls } from "../netcat/tls.js";
import { runClient } from "../run-client.js";

/** `belfry netcat` */
export const netcatCommand: CliCommand<NetcatFlags> = {
  name: "netcat",
  aliases: ["nc"],
  summary: "connect standard input and output to a server, or wait for a client",
  examples: [
    "belfry netcat 127.0.0.1 8000",
    "printf 'Hello?\\n' | belfry netcat 127.0.0.1:8000",
    "belfry netcat -l 9000 < file      # the next one who calls gets the file",
    "belfry netcat --tls example.com 443",
    "belfry netcat -z 127.0.0.1 8000-8030",
  ],
  configure: addNetcatOptions,
  run({ args, options: flags }, io) {
    checkNetcatFlags(flags);
    const client =
      flags.probe === true ? probing(parsePorts(args), flags, io) : talking(parseTarget(args, flags), flags, io);
    return runClient(io, client);
  },
};

/** UDP has no end to wait for: milliseconds for an answer after the end of input, unless `-q` says otherwise. */
const PACKET_PATIENCE = 1000;

type Client = (signal: AbortSignal) => Promise<number>;

function talking(target: ParsedAddress, flags: NetcatFlags, io: Io): Client {
  return async (signal) => {
    const ends = openEnds(flags, io, signal);
    try {
      if (flags.udp === true) await sendPackets(target, flags, ends, io);
      else if (flags.listen === true) await answerCallers(target, flags, ends, io);
      else await call(target, flags, ends);
      return EXIT.ok;
    } finally {
      ends.close();
    }
  };
}

async function call(target: ParsedAddress, flags: NetcatFlags, { options, tell }: Ends): Promise<void> {
  const { source: host, localPort: port } = flags;
  const conn = await dial(await resolveFamily(target, flags), {
    signal: options.signal,
    timeout: flags.connectTimeout || undefined,
    tls: clientTls(flags, target),
    localAddr: { ...(host !== undefined && { host }), ...(port !== undefined && { port }) },
  });
  tell(`connected to ${String(conn.remoteAddr)}${describeTls(conn)}`);
  tell(describeEnd(conn, await netcat(conn, options)));
}

async function answerCallers(target: ParsedAddress, flags: NetcatFlags, ends: Ends, io: Io): Promise<void> {
  const { options, tell } = ends;
  const listener = await listen(await resolveFamily(target, flags), { tls: serverTls(flags) });
  io.stderr.write(`listening on ${String(listener.addr)}\n`);
  await answer(listener, {
    ...options,
    keepListening: flags.keepListening,
    onOpen: (conn) => tell(`connection from ${String(conn.remoteAddr)}${describeTls(conn)}`),
    onClose: (conn, ended) => {
      if (ended instanceof Error) io.stderr.write(`belfry: ${ended.message}\n`);
      else tell(describeEnd(conn, ended));
    },
  });
}

async function sendPackets(target: ParsedAddress, flags: NetcatFlags, { options, tell }: Ends, io: Io): Promise<void> {
  const address = await resolveFamily(target, flags);
  if (flags.listen === true) {
    const packets = await listenPacket(address);
    io.stderr.write(`listening on ${String(packets.localAddr)}\n`);
    const peer = flags.keepListening === true ? "latest" : "first";
    const onPeer = (from: Addr): void => tell(`packets from ${String(from)}`);
    await netcatPackets(packets, { ...options, peer, onPeer });
  } else {
    const packets = await dialPacket(address);
    tell(`sending to ${String(packets.remoteAddr)}`);
    await netcatPackets(packets, { ...options, quitAfter: options.quitAfter ?? PACKET_PATIENCE });
  }
}

function probing({ host, ports }: PortsTarget, flags: NetcatFlags, io: Io): Client {
  return async (signal) => {
    const target = await resolveFamily({ host, port: 0 }, flags);
    const results = await probe(target.host ?? host, ports, { signal, timeout: flags.connectTimeout || undefined });
    for (const { port, isOpen, error } of results) {
      // With one port the exit status says it all; with several, the open ones are the answer.
      if (isOpen && results.length > 1) io.stdout.write(`${host} ${port} open\n`);
      else if (isOpen && flags.verbose === true) io.stderr.write(`${host} ${port} open\n`);
      else if (error !== null && flags.verbose === true) io.stderr.write(`${host} ${port} closed: ${error.message}\n`);
    }
    const isFound = results.length > 1 ? results.some(({ isOpen }) => isOpen) : results[0]?.isOpen === true;
    return isFound ? EXIT.ok : EXIT.failure;
  };
}

function describeTls({ tls }: Conn): string {
  return tls === null ? "" : ` (${tls.protocol}, ${tls.cipher}${tls.isAuthorized ? "" : ", not verified"})`;
}

function describeEnd(conn: Conn, { sent, received, endedBy }: NetcatResult): string {
  const end = endedBy === "peer" ? `${String(conn.remoteAddr)} ended` : "quit";
  return `${end}: sent ${sent} bytes, received ${received}`;
}
