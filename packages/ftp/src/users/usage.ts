/** What something takes of a quota. */
export interface Usage {
  readonly bytes: number;
  /** Files and directories. */
  readonly files: number;
}

/** What a path that nothing is at takes. */
export const NOTHING: Usage = { bytes: 0, files: 0 };

export function sum(a: Usage, b: Usage): Usage {
  return { bytes: a.bytes + b.bytes, files: a.files + b.files };
}

export function difference(a: Usage, b: Usage): Usage {
  return { bytes: a.bytes - b.bytes, files: a.files - b.files };
}
