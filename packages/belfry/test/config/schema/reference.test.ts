import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { describe, it } from "node:test";
import { configJsonSchema } from "../../../src/config/schema/json-schema.js";
import { makeCertificate } from "../../certificates/make-certificate.js";
import { formatReference } from "./reference.js";
import { loadFrom, makeFolder } from "../support.js";

const PAGE = new URL("../../../../../docs/config.md", import.meta.url);
const END = "<!-- /reference -->";

/** Widths of columns are the formatter's. */
function squeeze(text: string): string {
  return text
    .replaceAll(/ *\| */g, "|")
    .replaceAll(/-{3,}/g, "---")
    .replaceAll(/\n{2,}/g, "\n\n")
    .trim();
}

function splitPage(): readonly [before: string, reference: string] {
  const [before = "", rest = ""] = readFileSync(PAGE, "utf8").split(
    /(?<=change packages\/belfry\/src\/config\/schema\. -->\n)/,
  );
  return [before, rest.split(END)[0] ?? ""];
}

/** `BELFRY_WRITE=1` in the environment writes what these tests compare with. */
if (process.env["BELFRY_WRITE"] === "1") {
  writeFileSync(PAGE, `${splitPage()[0]}\n${formatReference(configJsonSchema())}\n${END}\n`);
}

const ENV = { ANN_PASSWORD: "a", CAMERA_PASSWORD: "c", BELFRY_DEBUG_TOKEN: "t" };

describe("docs/config.md", () => {
  it("has every key of the schema: write it anew with BELFRY_WRITE=1", () => {
    assert.equal(squeeze(splitPage()[1]), squeeze(formatReference(configJsonSchema())));
  });

  const text = readFileSync(PAGE, "utf8");
  const modules = [...text.matchAll(/^```ts no-run\n(.*?)^```$/gms)].map(([, code = ""]) => code);
  for (const [, language = "", code = ""] of text.matchAll(/^```(yaml|toml)\n(.*?)^```$/gms)) {
    it(`has an example that can be used: ${language} ${JSON.stringify(code.slice(0, 60))}`, async (context) => {
      const { cert, key } = makeCertificate("localhost");
      const files = { "cert.pem": cert, "key.pem": key, "files/x": "", "in/x": "" };
      const [, gateway = "", greeter = ""] = modules;
      const folder = makeFolder(context, {
        ...files,
        "gateway.ts": gateway,
        "greeter.ts": greeter,
        [`c.${language}`]: code,
      });
      const { services } = await loadFrom(folder, { file: `c.${language}`, env: ENV, isCheck: true });
      assert.ok(services.length > 0);
    });
  }

  it("has the same config in TypeScript, YAML and TOML", async (context) => {
    const [yaml = "", toml = ""] = ["yaml", "toml"].map(
      (language) => new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, "ms").exec(text)?.[1],
    );
    const folder = makeFolder(context, { "c.ts": modules[0] ?? "", "c.yaml": yaml, "c.toml": toml });
    const plans = await Promise.all(
      ["c.ts", "c.yaml", "c.toml"].map(async (file) => ({ ...(await loadFrom(folder, { file })).plan, file: "" })),
    );
    assert.deepEqual(plans[1], plans[0]);
    assert.deepEqual(plans[2], plans[0]);
  });
});
