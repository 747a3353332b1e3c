import fs from "node:fs";
import { mock } from "node:test";
import { diskStorage } from "../../src/storage/disk-storage.js";
import type { DiskStorageOptions } from "../../src/storage/disk-storage-options.js";
import { memoryStorage } from "../../src/storage/memory-storage.js";
import { type MakeStorage, storageSuite } from "../../src/testing.js";
import { temporaryRoot } from "./temporary-root.js";

function onDisk(options: DiskStorageOptions): MakeStorage {
  return () => {
    const { root, stop } = temporaryRoot();
    return { storage: diskStorage(root, options), stop };
  };
}

/** As if the disk were that of another machine: every call goes through the thread pool. */
function farAway(make: MakeStorage): MakeStorage {
  return async () => {
    // statfs(2): NFS_SUPER_MAGIC
    const answer = mock.method(fs, "statfsSync", (() => ({ type: 0x6969 })) as unknown as typeof fs.statfsSync);
    try {
      return await make();
    } finally {
      answer.mock.restore();
    }
  };
}

storageSuite(() => ({ storage: memoryStorage() }), { name: "memoryStorage" });
if (process.platform === "linux") storageSuite(onDisk({ way: "held" }), { name: "diskStorage, held" });
if (process.platform === "linux") storageSuite(farAway(onDisk({ way: "held" })), { name: "diskStorage, far away" });
storageSuite(onDisk({ way: "portable" }), { name: "diskStorage, portable" });
storageSuite(onDisk({ atomicUploads: false }), { name: "diskStorage, in place", isAtomic: false });
