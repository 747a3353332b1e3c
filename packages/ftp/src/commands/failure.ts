import { ReplyError, reply } from "../protocol/reply.js";
import type { Reply } from "../protocol/reply.js";
import type { Session } from "../session/session.js";
import { StorageError } from "../storage/storage-error.js";
import { storageReply } from "./storage-replies.js";

/**
 * The reply to a command that has thrown: that of a {@link ReplyError}, that of a storage's error, and 451 for anything
 * else. What is the server's own trouble (451 and 425 for a cause: no port, no address) is told as a `failed` event too,
 * unless the session is ending, where everything fails.
 */
export function failureReply(session: Session, verb: string, error: unknown): Reply {
  const answer = replyTo(error);
  // Without a cause it is what the client did: it did not connect, or its data is damaged.
  const isClients = error instanceof ReplyError && error.cause === undefined;
  const isOwn = (answer.code === 451 || answer.code === 425) && !isClients;
  if (isOwn && session.endedBy === null) {
    session.emit("failed", () => ({ session: session.info(), verb, error }));
  }
  return answer;
}

function replyTo(error: unknown): Reply {
  if (error instanceof ReplyError) return error.reply;
  if (error instanceof StorageError) return storageReply(error).reply;
  return reply(451, "The server failed to do that");
}
