/** Sends the parent a last message and ends this process: what a user's module has left open does not keep it. */
export function endChild(lastWord: object, status = 0): void {
  if (process.send === undefined || !process.connected) process.exit(status);
  process.removeAllListeners("disconnect");
  process.send(lastWord, undefined, {}, () => process.exit(status));
}
