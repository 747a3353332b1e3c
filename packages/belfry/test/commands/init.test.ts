import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { writeExample } from "../../src/commands/init.js";
import { EXAMPLE_FORMATS } from "../../src/config/source/examples.js";
import { makeCertificate } from "../certificates/make-certificate.js";
import { loadFrom, makeFolder } from "../config/support.js";

describe("belfry init", () => {
  for (const format of EXAMPLE_FORMATS) {
    it(`writes an example in ${format} that can be used as it stands, and means the same as the others`, async (context) => {
      const folder = makeFolder(context);
      assert.equal(writeExample(folder, format), `belfry.config.${format}`);
      const { plan } = await loadFrom(folder);
      assert.deepEqual(
        plan.services.map(({ name, kind, maxConns }) => [name, kind, maxConns]),
        [
          ["echo", "echo", 10_000],
          ["tokyo", "clock", 10_000],
          ["reverb", "reverb", 100],
        ],
      );
      assert.deepEqual(plan.debug, { host: "127.0.0.1", port: 6060, token: null });
    });

    it(`writes an example in ${format} whose commented lines can be used, too`, async (context) => {
      const { cert, key } = makeCertificate("localhost");
      const gateway = "export const createService = () => () => {};";
      const folder = makeFolder(context, { "cert.pem": cert, "key.pem": key, "gateway.ts": gateway, "files/x": "" });
      const name = writeExample(folder, format);
      const text = readFileSync(join(folder, name), "utf8");
      // A line that begins with a capital letter is a sentence.
      const at = text.indexOf("A service of your own");
      const [head, rest] = [text.slice(0, at), text.slice(at)];
      const used = rest.replaceAll(/^( *)(?:\/\/|#) (?! *[A-Z])/gm, "$1");
      writeFileSync(join(folder, name), head + used);
      const { plan } = await loadFrom(folder, { env: { ANN_PASSWORD: "x" } });
      assert.deepEqual(
        plan.services.map(({ name: service }) => service),
        ["echo", "tokyo", "reverb", "gateway", "secure", "ftp"],
      );
    });
  }

  it("overwrites nothing: where a config is, in whatever language, it stays and is named", (context) => {
    const folder = makeFolder(context, { "belfry.config.yaml": "mine" });
    for (const format of EXAMPLE_FORMATS) {
      assert.throws(
        () => writeExample(folder, format),
        /^Error: Cannot write "belfry\.config\.\w+": ".*belfry\.config\.yaml" is there already$/,
      );
    }
    assert.equal(readFileSync(join(folder, "belfry.config.yaml"), "utf8"), "mine");
  });
});
