import type { HostStatus, ProcessStatus } from "../inspect/host-view.js";
import { type ProcessUse, readUse } from "../inspect/process-use.js";

/** The part of a process's status that every process of a host has, the supervisor too. */
export interface HostProcess extends Pick<ProcessStatus, "pid" | "startedAt">, ProcessUse {
  /** A worker's number, or `supervisor`. */
  readonly worker: string;
}

/** Every process of a host: its workers, and the supervisor where that is this process and no worker itself. */
export function allProcesses({ pid, startedAt, workers, supervisor }: SupervisedStatus): readonly HostProcess[] {
  const processes = workers.map((each) => ({ ...each, worker: String(each.number) }));
  if (supervisor === undefined || workers.some((each) => each.pid === pid)) return processes;
  return [...processes, { pid, startedAt, ...supervisor, worker: "supervisor" }];
}

/** A status with what the supervisor itself uses. */
export interface SupervisedStatus extends HostStatus {
  readonly supervisor?: ProcessUse | undefined;
}

/** Adds this process's own use to a status it speaks of as the host. */
export function withSupervisor(status: HostStatus): SupervisedStatus {
  return status.pid === process.pid ? { ...status, supervisor: readUse() } : status;
}
