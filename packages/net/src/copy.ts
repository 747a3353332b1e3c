import { onAbort } from "@belfry/sync";
import { isPumping, pump } from "./abilities.js";
import type { CopyOptions, CopyTarget } from "./abilities.js";
import type { Conn } from "./conn.js";
import { BULK_BUFFER_SIZE, BULK_SIZE } from "./pump.js";

/**
 * Writes to `to` everything that `from` gives, until `from` ends.
 *
 * Neither side is closed: the caller half-closes `to` when that is what the end of `from` means. Between reading and
 * writing at most one chunk (64 KiB from a `Conn`) is in the hands of `copy`, so a slow `to` slows `from` down. On
 * failure what was read and not written is lost; the error does not say how much.
 *
 * @param from a `Conn`, or an iterable of chunks such as a Node stream or a Web `ReadableStream`. An iterable that is
 * no `Conn` is finished, as by a loop that is left, when the copy fails.
 * @returns how many bytes were written.
 * @throws whatever reading and writing throw; `signal.reason` on abort.
 * @example
 * ```ts
 * import { copy, pipe } from "@belfry/net";
 *
 * const [client, server] = pipe();
 * await client.write("hello");
 * await client.closeWrite();
 * console.log(await copy(server, server)); // 5
 * ```
 */
export async function copy(
  from: Conn | AsyncIterable<Uint8Array | string>,
  to: CopyTarget,
  options: CopyOptions = {},
): Promise<number> {
  const { signal, onProgress } = options;
  signal?.throwIfAborted();
  if ("readInto" in from && isPumping(from)) return from[pump](to, options);
  const wait = signal === undefined ? undefined : { signal };
  return "readInto" in from ? copyConn(from, to, wait, onProgress) : copyChunks(from, to, wait, onProgress);
}

type Wait = { readonly signal: AbortSignal } | undefined;

async function copyConn(
  from: Conn,
  to: CopyTarget,
  wait: Wait,
  onProgress: CopyOptions["onProgress"],
): Promise<number> {
  let total = 0;
  // Taken only while bytes come in bulk: a quiet connection costs no buffer.
  let buffer: Uint8Array | undefined;
  for (;;) {
    const chunk = buffer === undefined ? await from.read(wait) : await readInto(from, buffer, wait);
    if (chunk === null) return total;
    await to.write(chunk, wait);
    total += chunk.length;
    onProgress?.(total);
    if (chunk.length < BULK_SIZE) buffer = undefined;
    else buffer ??= Buffer.allocUnsafeSlow(BULK_BUFFER_SIZE);
  }
}

async function readInto(from: Conn, buffer: Uint8Array, wait: Wait): Promise<Uint8Array | null> {
  const length = await from.readInto(buffer, wait);
  return length === null ? null : buffer.subarray(0, length);
}

async function copyChunks(
  from: AsyncIterable<Uint8Array | string>,
  to: CopyTarget,
  wait: Wait,
  onProgress: CopyOptions["onProgress"],
): Promise<number> {
  const iterator = from[Symbol.asyncIterator]();
  let total = 0;
  let isEnded = false;
  try {
    for (;;) {
      const next = await abortable(iterator.next(), wait?.signal);
      isEnded = next.done === true;
      if (next.done === true) return total;
      await to.write(next.value, wait);
      total += typeof next.value === "string" ? Buffer.byteLength(next.value) : next.value.length;
      onProgress?.(total);
    }
  } finally {
    // Not awaited: behind a `next` that never settles, `return` does not either.
    if (!isEnded) void Promise.resolve(iterator.return?.()).catch(() => {});
  }
}

/** Not `Promise.race`: each race against one long-lived promise would leave a reaction on it for the whole copy. */
function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const forget = onAbort(signal, reject);
    promise.then(resolve, reject).finally(forget);
  });
}
