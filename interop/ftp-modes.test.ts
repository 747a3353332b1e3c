import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { bytesOf, putFile } from "./ftp/files.js";
import { MODE_CLIENTS, type Mode } from "./ftp/mode-clients.js";
import { serviceSite } from "./ftp/site.js";

const HAS_IPV6 = Object.values(networkInterfaces()).some((addresses) =>
  addresses?.some(({ address }) => address === "::1"),
);

const MODES: readonly { readonly mode: Mode; readonly host: string }[] = [
  { mode: "active over IPv4", host: "127.0.0.1" },
  { mode: "passive over IPv6", host: "::1" },
  { mode: "active over IPv6", host: "::1" },
];

for (const { mode, host } of MODES) {
  describe(`data connections, ${mode}`, { skip: host === "::1" && !HAS_IPV6 && "there is no IPv6 here" }, () => {
    const isActive = mode.startsWith("active");
    // The other way is closed, so that no client can quietly take it.
    const site = serviceSite(isActive ? { passive: false } : { active: false }, host);

    for (const { name, skip, modes, commands, input, isReader } of MODE_CLIENTS) {
      if (!modes.includes(mode)) continue;
      it(`${isReader ? "list and" : "put, list and"} get for ${name}`, { skip }, async () => {
        putFile(join(site.root, "down.bin"), bytesOf(300_000, 1));
        putFile(join(site.local, "up.bin"), bytesOf(300_000, 2));
        let said = "";
        for (const command of commands(site, isActive)) said += await site.run(command, input?.(site));
        assert.match(said, /down\.bin/);
        assert.ok(readFileSync(join(site.local, "down.bin")).equals(bytesOf(300_000, 1)), "down");
        if (!isReader) assert.ok(readFileSync(join(site.root, "up.bin")).equals(bytesOf(300_000, 2)), "up");
      });
    }
  });
}
