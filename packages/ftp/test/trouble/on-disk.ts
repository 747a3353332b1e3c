import fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { diskStorage } from "../../src/storage/disk-storage.js";
import type { DiskStorageOptions } from "../../src/storage/disk-storage-options.js";
import { withFtp } from "../support/with-ftp.js";
import type { Running, WithFtpOptions } from "../support/with-ftp.js";

/** A running service whose files are on the disk. */
export interface RunningOnDisk extends Running {
  readonly root: string;
  /** A directory beside the root, empty. */
  readonly outside: string;
}

/** Serves a fresh directory while `body` runs. */
export async function onDisk(
  body: (running: RunningOnDisk) => Promise<void>,
  options: WithFtpOptions & { readonly disk?: DiskStorageOptions } = {},
): Promise<void> {
  const around = fs.realpathSync(fs.mkdtempSync(join(tmpdir(), "belfry-trouble-")));
  const [root, outside] = [join(around, "root"), join(around, "outside")];
  fs.mkdirSync(root);
  fs.mkdirSync(outside);
  const { disk, ...more } = options;
  try {
    await withFtp({ files: diskStorage(root, disk), ...more }, (running) => body({ ...running, root, outside }));
  } finally {
    fs.rmSync(around, { recursive: true, force: true });
  }
}
