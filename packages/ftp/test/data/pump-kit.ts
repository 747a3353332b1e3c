import { certificate } from "@belfry/testkit";
import { dial, listen } from "@belfry/net";
import type { Conn } from "@belfry/net";
import { createHash } from "node:crypto";
import type { PumpOptions } from "../../src/data/pump-options.js";
import type { TransferForm } from "../../src/data/transfer-form.js";
import type { PromptWriter } from "../../src/storage/prompt-writer.js";
import type { FileWriter } from "../../src/storage/storage.js";

const { cert, key } = certificate;

/** Both ends of a connection over TCP, aborted when `body` is over. */
export async function withPair(body: (client: Conn, server: Conn) => Promise<void>, isSecure = false): Promise<void> {
  const listener = await listen("127.0.0.1:0", isSecure ? { tls: { cert, key } } : {});
  const [client, server] = await Promise.all([
    dial(listener.addr, isSecure ? { tls: { ca: cert } } : {}),
    listener.accept(),
  ]);
  try {
    await body(client, server);
  } finally {
    client.abort();
    server.abort();
    await listener.close();
  }
}

/** Options of a pump, and what aborts it. */
export function pumpOptions(
  form: Partial<TransferForm> = {},
  rate: number | null = null,
): PumpOptions & { readonly abort: AbortController } {
  const abort = new AbortController();
  return {
    abort,
    form: { type: "I", mode: "S", ...form },
    progress: { signal: abort.signal, bytes: 0 },
    rate,
    digest: createHash("sha256"),
  };
}

export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** The same bytes each time, with no pattern that would hide a mistake in their order. */
export function noise(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let state = 1;
  for (let i = 0; i < length; i += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}

export async function readAll(conn: Conn): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of conn) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Chunks of `size` bytes that all stand in the same memory, as those of a reader that uses one buffer again. */
export async function* lent(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array, void> {
  const buffer = Buffer.alloc(size);
  try {
    for (let at = 0; at < bytes.byteLength; at += size) {
      await new Promise(setImmediate);
      buffer.fill(0);
      buffer.set(bytes.subarray(at, at + size));
      yield buffer.subarray(0, Math.min(size, bytes.byteLength - at));
    }
  } finally {
    buffer.fill(0);
  }
}

/** A file in memory that takes its time: what it is lent it reads only when the write is through. */
export class SlowWriter implements FileWriter {
  readonly pieces: Buffer[] = [];
  /** The most writes and bytes that were under way at once. */
  mostWrites = 0;
  mostBytes = 0;
  /** What a write waits for. */
  delay: () => Promise<unknown> = () => new Promise(setImmediate);
  #writes = 0;
  #bytes = 0;

  async write(data: Uint8Array): Promise<void> {
    const index = this.pieces.push(Buffer.alloc(0)) - 1;
    this.mostWrites = Math.max(this.mostWrites, (this.#writes += 1));
    this.mostBytes = Math.max(this.mostBytes, (this.#bytes += data.byteLength));
    await this.delay();
    this.pieces[index] = Buffer.from(data);
    this.#writes -= 1;
    this.#bytes -= data.byteLength;
  }

  get content(): Buffer {
    return Buffer.concat(this.pieces);
  }

  commit(): Promise<void> {
    throw new Error("a pump does not commit");
  }

  abort(): Promise<void> {
    throw new Error("a pump does not abort");
  }
}

/** A file in memory that writes at once while `isPrompt`. */
export class QuickWriter implements PromptWriter {
  isPrompt = true;
  /** Lengths of what was written at once, and of what was not. */
  readonly atOnce: number[] = [];
  readonly later: number[] = [];
  /** Called before anything is written at once. */
  onTry: () => void = () => {};
  readonly #pieces: Buffer[] = [];

  tryWrite(data: Uint8Array): boolean {
    this.onTry();
    if (!this.isPrompt) return false;
    this.atOnce.push(data.byteLength);
    this.#pieces.push(Buffer.from(data));
    return true;
  }

  async write(data: Uint8Array): Promise<void> {
    this.later.push(data.byteLength);
    const index = this.#pieces.push(Buffer.alloc(0)) - 1;
    await new Promise(setImmediate);
    this.#pieces[index] = Buffer.from(data);
  }

  get content(): Buffer {
    return Buffer.concat(this.#pieces);
  }

  commit(): Promise<void> {
    throw new Error("a pump does not commit");
  }

  abort(): Promise<void> {
    throw new Error("a pump does not abort");
  }
}
