import type { ReadHalf } from "./read-half.js";

const QUIET = 50;
const LONGEST = 1_000;

/**
 * Reads away what the peer had sent and nobody took, so that closing does not reset the connection and cost the peer
 * the last of what was sent to it (RFC 9112 §9.6 describes the same for HTTP; RFC 2525 §2.17 the reset).
 *
 * The write half has ended. Over at once when nothing is there, else when the peer ends, falls quiet for 50 ms or goes
 * on for 1 s.
 */
export async function linger(read: ReadHalf): Promise<void> {
  const start = Date.now();
  let seen = read.bytesRead;
  read.flow();
  // Two turns of the event loop: the first polls, the second is past its callbacks.
  await turn();
  await turn();
  while (read.bytesRead > seen && !read.isEnded && Date.now() - start < LONGEST) {
    seen = read.bytesRead;
    await new Promise((resolve) => setTimeout(resolve, QUIET));
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
