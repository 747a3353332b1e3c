import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { putFile } from "./ftp/files.js";
import { ftpdSite, PASSWORD, USER } from "./ftp/site.js";
import { missing } from "./tools.js";

const CLIENT = fileURLToPath(new URL("ftp/client.py", import.meta.url));

describe("Python's ftplib with belfry ftpd", { skip: missing("python3") }, () => {
  const site = ftpdSite();

  it("does all it can do", async () => {
    putFile(join(site.root, "big.bin"), Buffer.alloc(20_000_000));
    const said = await site.run(["python3", CLIENT, site.host, `${site.port}`, USER, PASSWORD]);
    assert.deepEqual(JSON.parse(said), {
      welcome: "220 ",
      mkd: '/say "hi"',
      pwd: '/say "hi"',
      stor: "226",
      size: 1_000_000,
      retr: true,
      "retr from": true,
      "stor from": true,
      appe: "more",
      storlines: "226",
      retrlines: ["one", "two"],
      "stored text": "one\ntwo\n",
      mfmt: "213 Modify=20230506070809; text",
      mdtm: "213 20230506070809",
      nlst: ["a b.bin", "big.bin", 'say "hi"', "text"],
      "nlst empty": [],
      list: 4,
      mlsd: [
        ["a b.bin", "file", "1000004", null],
        ["big.bin", "file", "20000000", null],
        ['say "hi"', "dir", null, null],
        ["text", "file", "8", "20230506070809"],
      ],
      rename: "250",
      delete: "250",
      rmd: "250",
      "RETR none": "550",
      "RMD none": "550",
      abort: ["426", "226"],
      "after that": "more",
      quit: "221",
    });
  });
});
