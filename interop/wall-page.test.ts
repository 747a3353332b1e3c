import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { clock } from "@belfry/clock";
import { serve, type Server } from "@belfry/server";
import type { Browser, Page } from "playwright-core";
import { type BelfryProcess, startBelfry } from "../packages/belfry/test/belfry-process.js";
import { missingBrowser, SCHEMES, seriousFindings, sidewaysScroll, startBrowser, visit } from "./browser/browser.js";
import { type Host, startHost } from "./browser/host.js";

const ZONES = { "New York": "America/New_York", London: "Europe/London", Tokyo: "Asia/Tokyo" } as const;
const SECOND = 1000;

describe("the clock wall in a browser", { skip: missingBrowser(), timeout: 120_000 }, () => {
  let browser: Browser;
  const clocks = new Map<string, Server>();
  let wall: BelfryProcess;
  let base: string;

  before(async () => {
    browser = await startBrowser();
    for (const [name, timeZone] of Object.entries(ZONES))
      clocks.set(name, await serve({ port: 0 }, clock({ timeZone })));
    ({ wall, base } = await startWall("127.0.0.1:0"));
  });

  after(async () => {
    await browser?.close();
    await wall?.[Symbol.asyncDispose]();
    await Promise.all([...clocks.values()].map((server) => server.close()));
  });

  async function startWall(address: string): Promise<{ wall: BelfryProcess; base: string }> {
    const names = [...clocks].map(([name, { addr }]) => `${name}=127.0.0.1:${addr.port}`);
    const wall = startBelfry(["clockwall", ...names, "--web", address]);
    const [, base = ""] = await wall.says(/wall on (http:\/\/[\d.:]+\/)/);
    return { wall, base };
  }

  it("shows three clocks that tick, each with the time of its place", async () => {
    await visit(browser, base, {}, async ({ page, complaints }) => {
      await page.locator('[data-state="ticking"]').nth(2).waitFor();
      for (const [name, timeZone] of Object.entries(ZONES)) {
        const told = await face(page, name).locator(".digits").innerText();
        assert.ok(isAbout(told, timeZone), `${name} tells ${told}`);
      }
      assert.deepEqual(complaints, []);
    });
  });

  it("moves digits and hands by the second", async () => {
    await visit(browser, base, {}, async ({ page }) => {
      await page.locator('[data-state="ticking"]').nth(2).waitFor();
      const digits = face(page, "Tokyo").locator(".digits");
      const hand = face(page, "Tokyo").locator(".second");
      const [time, angle] = [await digits.innerText(), await hand.getAttribute("style")];
      await digits.filter({ hasNotText: time }).waitFor();
      assert.notEqual(await hand.getAttribute("style"), angle);
    });
  });

  it("says how far the clocks are apart", async () => {
    await visit(browser, base, {}, async ({ page }) => {
      await page.locator("#summary", { hasText: /3 of 3 ticking · \d+\sms apart/ }).waitFor();
      await face(page, "London")
        .locator(".state", { hasText: /ticking · [+−]\d+\sms/ })
        .waitFor();
    });
  });

  it("shows a clock that is lost, and its return", async () => {
    await visit(browser, base, {}, async ({ page }) => {
      const tokyo = face(page, "Tokyo");
      await page.locator('[data-state="ticking"]').nth(2).waitFor();
      const { port } = (clocks.get("Tokyo") as Server).addr;
      await clocks.get("Tokyo")?.close();
      await tokyo.locator(".state", { hasText: /lost for \d+\ss/ }).waitFor();
      await page.locator("#summary", { hasText: "2 of 3 ticking" }).waitFor();
      clocks.set("Tokyo", await serve({ port }, clock({ timeZone: ZONES.Tokyo })));
      await tokyo.locator(".state", { hasText: "ticking" }).waitFor();
    });
  });

  for (const [width, height] of [
    [400, 800],
    [1440, 900],
    [3840, 2160],
  ] as const) {
    it(`fits ${width} by ${height} pixels`, async () => {
      await visit(browser, base, { width, height }, async ({ page }) => {
        await page.locator('[data-state="ticking"]').nth(2).waitFor();
        assert.equal(await sidewaysScroll(page), 0);
        for (const box of await Promise.all((await page.locator(".clock").all()).map((each) => each.boundingBox()))) {
          assert.ok(box !== null && box.x >= 0 && box.x + box.width <= width, JSON.stringify(box));
          assert.ok(box.y >= 0 && box.y + box.height <= height, JSON.stringify(box));
        }
      });
    });
  }

  for (const scheme of SCHEMES) {
    it(`has no serious barrier, ${scheme}`, async () => {
      await visit(browser, base, { scheme }, async ({ page }) => {
        await page.locator('[data-state="ticking"]').nth(2).waitFor();
        assert.deepEqual(await seriousFindings(page), []);
      });
    });
  }

  it("says that its host is gone, and goes on when it is back", async () => {
    const first = await startWall("127.0.0.1:0");
    await visit(browser, first.base, {}, async ({ page }) => {
      await page.locator('[data-state="ticking"]').nth(2).waitFor();
      await first.wall[Symbol.asyncDispose]();
      await page.getByText("does not answer").waitFor();
      const second = await startWall(new URL(first.base).host);
      try {
        await page.locator("#summary", { hasText: "3 of 3 ticking" }).waitFor();
      } finally {
        await second.wall[Symbol.asyncDispose]();
      }
    });
  });

  it("is there for a host's own clocks, too", async () => {
    const host: Host = await startHost();
    try {
      await visit(browser, `${host.base}/wall`, {}, async ({ page, complaints }) => {
        await page.locator('[data-state="ticking"]').nth(2).waitFor();
        await page.locator("#summary", { hasText: "3 of 3 ticking" }).waitFor();
        assert.deepEqual(complaints, []);
      });
    } finally {
      await host[Symbol.asyncDispose]();
    }
  });
});

function face(page: Page, name: string): ReturnType<Page["locator"]> {
  return page.locator(".clock", { hasText: name });
}

/** Whether a time is now in a zone, give or take what a test takes. */
function isAbout(time: string, timeZone: string): boolean {
  const format = new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit", second: "2-digit" });
  return [-3, -2, -1, 0, 1].some((seconds) => format.format(Date.now() + seconds * SECOND) === time);
}
