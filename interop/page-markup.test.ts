import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { Browser, Page } from "playwright-core";
import { type BelfryProcess, startBelfry } from "../packages/belfry/test/belfry-process.js";
import { missingBrowser, startBrowser, visit } from "./browser/browser.js";

/** What would run, or break out of an attribute, were it taken for markup. */
const NAME = `<img src=x onerror="pwned=1">'"&`;
const TASK = "<script>pwned=2</script>";
const CLOCK = `"><svg onload=pwned=3>`;
/** As a proxy tells of a client that came over a Unix socket. */
const CLIENT = "/<iframe srcdoc='<script>parent.pwned=4</script>'>";

const MODULE = `export default async (conn, { group }) => {
  await group.go(() => new Promise(() => {}), ${JSON.stringify(TASK)});
};
`;

/** A header of version 2 for a client at a path, with a host name it has asked for. */
function header(): Buffer {
  const paths = Buffer.alloc(216);
  paths.write(CLIENT, 0);
  paths.write("/server", 108);
  const authority = Buffer.from(NAME);
  const body = Buffer.concat([paths, Buffer.from([0x02, 0, authority.length]), authority]);
  const start = Buffer.from("\r\n\r\n\0\r\nQUIT\n", "latin1");
  return Buffer.concat([start, Buffer.from([0x21, 0x31, body.length >> 8, body.length & 255]), body]);
}

/** Tasks are folded away at first. */
async function unfold(page: Page): Promise<void> {
  await page.getByRole("button", { name: "List the tasks" }).click();
  await page.getByRole("treeitem").filter({ hasText: NAME }).first().click();
  for (let steps = 0; steps < 8; steps += 1) await page.keyboard.press("ArrowRight");
}

describe("names that look like markup, on pages", { skip: missingBrowser(), timeout: 120_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), "belfry-markup-"));
  let browser: Browser;
  let belfry: BelfryProcess;
  let client: Socket;
  let base = "";

  before(async () => {
    const listen = "127.0.0.1:0";
    const services = {
      [NAME]: { use: "./m.mjs", listen, proxy: { trust: ["127.0.0.1"] } },
      [CLOCK]: { use: "clock", listen },
    };
    writeFileSync(join(folder, "m.mjs"), MODULE);
    writeFileSync(join(folder, "belfry.config.json"), JSON.stringify({ control: join(folder, "c.sock"), services }));
    const args = ["serve", "--config", join(folder, "belfry.config.json"), "--debug", "127.0.0.1:0"];
    [browser, belfry] = [await startBrowser(), startBelfry(args)];
    base = String((await belfry.says(/debugging on (http:\/\/[\d.:]+)/))[1]);
    client = connect(await belfry.port(), "127.0.0.1");
    await once(client, "connect");
    client.write(header());
  });

  after(async () => {
    client?.destroy();
    await browser?.close();
    await belfry?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  for (const [path, texts] of [
    ["/", [NAME, CLOCK, CLIENT, TASK]],
    ["/wall", [CLOCK]],
    ["/debug/pprof/", ["Profiles"]],
  ] as const) {
    it(`stand there as they are: ${path}`, () =>
      visit(browser, `${base}${path}`, {}, async ({ page, complaints }) => {
        if (path === "/") await unfold(page);
        for (const text of texts) await page.getByText(text).first().waitFor({ state: "attached" });
        assert.equal(await page.evaluate("typeof pwned"), "undefined");
        assert.deepEqual(await page.evaluate("[...document.querySelectorAll('img, iframe')].length"), 0);
        assert.deepEqual(complaints, []);
      }));
  }

  it("break no metric, no JSON and no listing", async () => {
    const metrics = await (await fetch(`${base}/metrics`)).text();
    assert.ok(metrics.includes(`service="${NAME.replaceAll('"', '\\"')}"`), "as Prometheus writes it");
    const conns = (await (await fetch(`${base}/debug/conns`)).json()) as { connections: { remoteAddr: string }[] };
    assert.equal(conns.connections[0]?.remoteAddr, `unix:${CLIENT}`);
    const tasks = await fetch(`${base}/debug/pprof/goroutine?debug=2`);
    assert.match(String(tasks.headers.get("content-type")), /^text\/plain/);
    assert.ok((await tasks.text()).includes(TASK));
    for (const path of [
      `/${encodeURIComponent(TASK)}`,
      `/assets/${encodeURIComponent(TASK)}`,
      `/debug/conns?order=${TASK}`,
    ]) {
      const answer = await fetch(base + path);
      assert.ok([400, 404].includes(answer.status), path);
      assert.match(String(answer.headers.get("content-type")), /^text\/plain/);
      assert.equal(answer.headers.get("x-content-type-options"), "nosniff");
    }
  });
});
