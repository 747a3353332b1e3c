import type { Addr, PacketConn } from "@belfry/net";
import { Group } from "@belfry/sync";
import { IdleError } from "./errors.js";
import { watchIdle, type IdleWatch } from "./idle-watch.js";
import type { NetcatOptions } from "./netcat.js";
import { toSink, writeOutput, type Sink } from "./sink.js";
import { readInput, toSource, type Source } from "./source.js";
import { unless } from "./unless.js";

/** Options of {@link netcatPackets}: those of a connection that make sense without one. */
export interface NetcatPacketOptions extends Pick<
  NetcatOptions,
  "input" | "output" | "idleTimeout" | "quitAfter" | "signal" | "onBytes"
> {
  /**
   * For a listening socket: `"first"` (default) talks with whoever comes first and drops packets of others; `"latest"`
   * takes packets from all and answers the one heard last.
   */
  readonly peer?: "first" | "latest" | undefined;
  /** Called when the peer that input goes to becomes another. */
  readonly onPeer?: ((peer: Addr) => void) | undefined;
}

/** The most bytes of input that go out as one packet. */
const PACKET_SIZE = 16_384;

/**
 * Joins a UDP socket to an input and an output: each chunk of input leaves as packets of at most 16 KiB, each packet's
 * payload goes to the output. On a listening socket input waits until a first packet tells whom to send to.
 *
 * UDP has no end to wait for. A dialled socket ends `quitAfter` milliseconds after the end of input (default: never);
 * a listening one, whose input may be over before anybody calls, is ended by an abort or the idle timeout alone. The
 * socket is closed when the promise settles.
 *
 * @throws {BrokenError} when the system reports an error, as a refused port does on a dialled socket.
 * @throws {IdleError} {@link InputError} {@link OutputError} as `netcat` does; `signal.reason` on abort.
 * @example
 * ```ts
 * import { dialPacket } from "@belfry/net";
 * import { netcatPackets } from "@belfry/netcat";
 *
 * const socket = await dialPacket("127.0.0.1:9");
 * await netcatPackets(socket, { input: ["gone\n"], output: process.stdout, quitAfter: 0 }).catch(() => {});
 * ```
 */
export async function netcatPackets(packets: PacketConn, options: NetcatPacketOptions): Promise<void> {
  const source = toSource(options.input);
  const talk = new PacketTalk(packets, options);
  try {
    await talk.run(source, toSink(options.output));
  } finally {
    await packets.close();
    if (source !== options.input) source.close();
  }
}

class PacketTalk {
  readonly #packets: PacketConn;
  readonly #options: NetcatPacketOptions;
  readonly #group: Group;
  #peer: Addr | null;
  #onFirstPeer: (() => void) | null = null;
  #idle: IdleWatch;
  #quitTimer: NodeJS.Timeout | undefined;

  constructor(packets: PacketConn, options: NetcatPacketOptions) {
    this.#packets = packets;
    this.#options = options;
    this.#peer = packets.remoteAddr;
    const name = String(packets.remoteAddr ?? packets.localAddr);
    this.#group = new Group({ signal: options.signal, name: `netcat ${name}` });
    this.#idle = watchIdle(options.idleTimeout, () =>
      this.#group.tryGo(() => Promise.reject(new IdleError(name, options.idleTimeout as number)), "idle"),
    );
  }

  async run(source: Source, sink: Sink): Promise<void> {
    try {
      await this.#group.go((signal) => this.#send(source, signal), "input to packets");
      await this.#group.go((signal) => this.#receive(sink, signal), "packets to output");
      await this.#group.wait();
    } finally {
      this.#idle.stop();
      clearTimeout(this.#quitTimer);
    }
    this.#options.signal?.throwIfAborted();
  }

  async #send(source: Source, signal: AbortSignal): Promise<void> {
    await this.#firstPeer(signal);
    for (;;) {
      const bytes = await readInput(source, signal);
      if (bytes === null) break;
      for (let start = 0; start < bytes.byteLength; start += PACKET_SIZE) {
        await this.#sendPacket(bytes.subarray(start, start + PACKET_SIZE));
      }
    }
    const { quitAfter } = this.#options;
    if (quitAfter === undefined || this.#packets.remoteAddr === null) return;
    this.#quitTimer = setTimeout(() => this.#group.cancel(), quitAfter);
  }

  async #sendPacket(data: Uint8Array): Promise<void> {
    this.#options.onBytes?.("sent", data);
    if (this.#packets.remoteAddr !== null) await this.#packets.send(data);
    else await this.#packets.send(data, this.#peer as Addr);
    this.#idle.touch();
  }

  /** Waits until there is somebody to send to. */
  #firstPeer(signal: AbortSignal): Promise<void> | void {
    if (this.#peer === null) return unless(new Promise((resolve) => (this.#onFirstPeer = resolve)), signal);
  }

  async #receive(sink: Sink, signal: AbortSignal): Promise<void> {
    for (;;) {
      const { data, from } = await this.#packets.receive({ signal });
      if (!this.#hears(from)) continue;
      this.#idle.touch();
      this.#options.onBytes?.("received", data);
      await writeOutput(sink, data, signal);
    }
  }

  /** Whether a packet from there is ours to take; settles whom input goes to. */
  #hears(from: Addr): boolean {
    if (this.#packets.remoteAddr !== null || String(from) === String(this.#peer)) return true;
    if (this.#peer !== null && this.#options.peer !== "latest") return false;
    this.#peer = from;
    this.#options.onPeer?.(from);
    this.#onFirstPeer?.();
    this.#onFirstPeer = null;
    return true;
  }
}
