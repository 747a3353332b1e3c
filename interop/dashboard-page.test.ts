import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import { after, before, describe, it } from "node:test";
import type { Browser, Page } from "playwright-core";
import { missingBrowser, SCHEMES, seriousFindings, sidewaysScroll, startBrowser, visit } from "./browser/browser.js";
import { type Host, startHost } from "./browser/host.js";

describe("the dashboard in a browser", { skip: missingBrowser(), timeout: 120_000 }, () => {
  let browser: Browser;
  let host: Host;

  before(async () => {
    [browser, host] = await Promise.all([startBrowser(), startHost()]);
  });

  after(async () => {
    await browser?.close();
    await host?.[Symbol.asyncDispose]();
  });

  /** A client of a service for as long as `use` takes. */
  async function dialled<T>(service: string, use: (socket: Socket) => Promise<T>): Promise<T> {
    const socket = connect(await host.port(service), "127.0.0.1");
    socket.resume();
    try {
      return await use(socket);
    } finally {
      // A client that has only half-closed is served to its last echo.
      socket.resetAndDestroy();
    }
  }

  it("shows host, services and workers, without a complaint", async () => {
    await visit(browser, `${host.base}/`, {}, async ({ page, complaints }) => {
      await page.locator(".pill", { hasText: "ready" }).waitFor();
      for (const name of ["New York", "London", "Tokyo", "echo", "reverb"])
        await page.locator("#services").getByRole("row").filter({ hasText: name }).first().waitFor();
      await page.locator("#workers").getByRole("row").filter({ hasText: "serving" }).waitFor();
      assert.equal(await page.locator("figure canvas").count(), 4);
      assert.deepEqual(complaints, []);
    });
  });

  it("plots values that stand in a table, too", async () => {
    await visit(browser, `${host.base}/`, {}, async ({ page }) => {
      const memory = page.locator("figure", { hasText: "Memory" });
      await memory.locator("summary").focus();
      await page.keyboard.press("Enter");
      const row = memory.getByRole("row").filter({ hasText: "resident" });
      await row.waitFor();
      assert.match(await row.innerText(), /resident(?:\s+[\d.]+ MiB){3}/);
      assert.ok(await hasInk(page, 3), "nothing is drawn");
    });
  });

  it("shows a connection that appears, and its rate", async () => {
    await visit(browser, `${host.base}/`, {}, async ({ page, complaints }) => {
      await page.getByText("Nobody is connected.").waitFor();
      await dialled("echo", async (socket) => {
        const talking = setInterval(() => socket.write(Buffer.alloc(4096)), 50);
        try {
          const row = page
            .locator("#connections")
            .getByRole("row")
            .filter({ hasText: /^\s*echo#/ });
          await row.waitFor();
          await row.locator('[data-label="In"]', { hasText: "KiB/s" }).waitFor();
          await row.locator('[data-label="Out"]', { hasText: "KiB/s" }).waitFor();
        } finally {
          clearInterval(talking);
        }
      });
      await page.getByText("Nobody is connected.").waitFor();
      assert.deepEqual(complaints, []);
    });
  });

  it("lists the connections one asks for", async () => {
    await visit(browser, `${host.base}/`, {}, async ({ page, complaints }) => {
      await dialled("echo", () =>
        dialled("reverb", async () => {
          await page.locator("#connections-note", { hasText: "2 connections" }).waitFor();
          await page.getByLabel("Service", { exact: true }).selectOption("reverb");
          await page.locator("#connections-note", { hasText: "1 found" }).waitFor();
          await page.getByLabel("Filter by id or address").fill("no such thing");
          await page.getByText("No connection answers to this.").waitFor();
        }),
      );
      assert.deepEqual(complaints, []);
    });
  });

  it("unfolds tasks by keyboard, from server to connection to reader", async () => {
    await visit(browser, `${host.base}/`, {}, async ({ page, complaints }) => {
      await dialled("reverb", async (socket) => {
        socket.write("hello\n");
        await page.locator("#connections").getByRole("row").filter({ hasText: "reverb#" }).first().waitFor();
        await page.getByRole("button", { name: "List the tasks" }).focus();
        await page.keyboard.press("Enter");
        await page.getByRole("treeitem").first().waitFor();
        await page.keyboard.press("Tab");
        await page.keyboard.press("Home");
        for (let steps = 0; steps < 10 && (await focusedLabel(page)) !== "reverb"; steps++)
          await page.keyboard.press("ArrowDown");
        for (const key of ["ArrowRight", "ArrowRight"]) await page.keyboard.press(key);
        assert.match(await focusedLabel(page), /^reverb#/);
        for (const key of ["ArrowRight", "ArrowRight"]) await page.keyboard.press(key);
        assert.equal(await focusedLabel(page), "reader");
        for (const key of ["ArrowLeft", "ArrowLeft"]) await page.keyboard.press(key);
        assert.match(await focusedLabel(page), /^reverb#/);
        assert.equal(await page.locator(":focus").getAttribute("aria-expanded"), "false");
      });
      assert.deepEqual(complaints, []);
    });
  });

  it("keeps the keyboard where it was when a task ends", async () => {
    await visit(browser, `${host.base}/`, {}, async ({ page }) => {
      await dialled("echo", async () => {
        await page.getByRole("button", { name: "List the tasks" }).click();
        const server = page.getByRole("treeitem").filter({ hasText: /^\W*echo\s/ });
        await server.first().click();
        await page.keyboard.press("ArrowRight");
        await page.keyboard.press("ArrowRight");
        assert.match(await focusedLabel(page), /^echo#/);
      });
      await page.locator(".tree-label", { hasText: /^echo#/ }).waitFor({ state: "detached" });
      assert.notEqual(await focusedLabel(page), "");
    });
  });

  it("goes over from dark to light, and remembers it", async () => {
    await visit(browser, `${host.base}/`, { scheme: "dark" }, async ({ page }) => {
      const before = await ground(page);
      await page.getByRole("button", { name: "Dark theme" }).click();
      const chosen = await ground(page);
      assert.notEqual(chosen, before);
      await page.reload();
      assert.equal(await ground(page), chosen);
    });
  });

  for (const width of [400, 768, 1600]) {
    it(`does not scroll sideways at ${width} pixels`, async () => {
      await visit(browser, `${host.base}/`, { width, height: 800 }, async ({ page }) => {
        await dialled("echo", async () => {
          await page.locator("#connections").getByRole("row").filter({ hasText: "echo#" }).waitFor();
          assert.equal(await sidewaysScroll(page), 0);
        });
      });
    });
  }

  for (const [scheme, width] of SCHEMES.flatMap((each) => [[each, 1440] as const, [each, 400] as const])) {
    it(`has no serious barrier, ${scheme}, ${width} pixels wide`, async () => {
      await visit(browser, `${host.base}/`, { scheme, width }, async ({ page }) => {
        await dialled("reverb", async () => {
          await page.locator("#connections").getByRole("row").filter({ hasText: "reverb#" }).first().waitFor();
          await page.getByRole("button", { name: "List the tasks" }).click();
          await page.getByRole("treeitem").first().waitFor();
          assert.deepEqual(await seriousFindings(page), []);
        });
      });
    });
  }

  it("says that the host is stuck, for as long as it is", { skip: process.platform === "win32" }, async () => {
    await using stuck = await startHost();
    await visit(browser, `${stuck.base}/`, {}, async ({ page, complaints }) => {
      await page.locator(".pill", { hasText: "ready" }).waitFor();
      stuck.process.child.kill("SIGSTOP");
      const notice = page.locator("#link").getByText("The host is silent");
      await notice.waitFor();
      stuck.process.child.kill("SIGCONT");
      await notice.waitFor({ state: "detached" });
      // Asked right behind the pause, the host may not have heard of its worker again, and says so.
      assert.deepEqual(
        complaints.filter((each) => !each.includes("503 (Service Unavailable)")),
        [],
      );
    });
  });

  it("says that the host is gone, and goes on when it is back", async () => {
    await using first = await startHost();
    await visit(browser, `${first.base}/`, {}, async ({ page }) => {
      const link = page.locator("#link");
      await page.locator(".pill", { hasText: "ready" }).waitFor();
      const pid = String(first.process.child.pid);
      await page.locator(".facts", { hasText: pid }).waitFor();
      await first[Symbol.asyncDispose]();
      await link.getByText("The host does not answer").waitFor();
      await using second = await startHost(Number(new URL(first.base).port));
      await link.getByText("The host has started anew").waitFor();
      await page.locator(".facts", { hasText: String(second.process.child.pid) }).waitFor();
    });
  });
});

function focusedLabel(page: Page): Promise<string> {
  return page.locator(":focus .tree-label").innerText();
}

function ground(page: Page): Promise<string> {
  return page.evaluate<string>("getComputedStyle(document.body).backgroundColor");
}

/** Whether anything is drawn on a plot's canvas. */
function hasInk(page: Page, at: number): Promise<boolean> {
  return page.evaluate<boolean>(`(() => {
    const canvas = document.querySelectorAll("figure canvas")[${at}];
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return data.some((value) => value > 0);
  })()`);
}
