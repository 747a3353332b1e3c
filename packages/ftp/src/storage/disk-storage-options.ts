/** Options of `diskStorage`. */
export interface DiskStorageOptions {
  /**
   * Whether an upload goes to a hidden file first and takes the place of the old one when it is complete. Default
   * `true`. With `false` the bytes go into the file itself, and those of an upload that breaks off stay there.
   */
  readonly atomicUploads?: boolean | undefined;
  /** Whether a commit waits until the disk has the file and its name. Default `false`. */
  readonly fsync?: boolean | undefined;
  /** Permission bits that new files (0o666) and directories (0o777) do not get. Default: the umask of the process. */
  readonly umask?: number | undefined;
  /** Refuses every change with `no-permission`. Default `false`. */
  readonly readOnly?: boolean | undefined;
  /** Whether owner and group are told as numbers or by the names in `/etc/passwd` and `/etc/group`, read once. Default `"numeric"`. */
  readonly owners?: "numeric" | "names" | undefined;
  /**
   * How to stay below the root: by descriptors that hold what was checked (Linux with `/proc`), or by checking before
   * and after (everywhere). Default: the first where there is one.
   *
   * @internal
   */
  readonly way?: "held" | "portable" | undefined;
}
