// Makes the pictures of the pages in docs/images anew: starts a host, keeps it busy, and looks at it.
//   node tools/screenshots.mjs           after `npm run build`; takes four minutes, for the plots to have something to show
//   node tools/screenshots.mjs SECONDS   another time to be busy for
//   node tools/screenshots.mjs 60 tasks  only the pictures whose names begin so
// Needs Chromium: /usr/bin/chromium, or what BELFRY_CHROMIUM names.

import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { chromium } from "playwright-core";
import { ROOT } from "./prepare.mjs";

const IMAGES = join(ROOT, "docs", "images");
/** What a picture may weigh at most, in bytes. */
const MAX_SIZE = 250_000;
const BUSY_FOR = 240;
const SCHEMES = /** @type {const} */ (["dark", "light"]);
const WINDOWS = { wide: { width: 1440, height: 900 }, narrow: { width: 400, height: 800 } };
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"];
const SERVICES = {
  "New York": { use: "clock", listen: "127.0.0.1:8110", timeZone: "America/New_York" },
  London: { use: "clock", listen: "127.0.0.1:8130", timeZone: "Europe/London" },
  Tokyo: { use: "clock", listen: "127.0.0.1:8120", timeZone: "Asia/Tokyo" },
  echo: { use: "echo", listen: "127.0.0.1:8107", maxConns: 80 },
  reverb: { use: "reverb", listen: "127.0.0.1:8100" },
  ftp: { use: "ftp", listen: "127.0.0.1:8121" },
};
const ECHO = 8107;
const REVERB = 8100;

const folder = mkdtempSync(join(tmpdir(), "belfry-"));
const host = await startHost();
const busy = new AbortController();
try {
  keepBusy(busy.signal).catch((error) => console.error(error));
  await sleep(Number(process.argv[2] ?? BUSY_FOR) * 1000);
  await takeAll(host.base);
} finally {
  busy.abort();
  host.child.kill();
  rmSync(folder, { recursive: true, force: true });
}
process.exit();

/** @returns {Promise<{ child: import("node:child_process").ChildProcess, base: string }>} */
async function startHost() {
  const config = join(folder, "belfry.config.json");
  writeFileSync(config, JSON.stringify({ workers: 2, control: join(folder, "control.sock"), services: SERVICES }));
  const child = spawn(
    process.execPath,
    [join(ROOT, "packages/belfry/bin/belfry.js"), "serve", "--config", config, "--debug", "127.0.0.1:0"],
    { stdio: ["ignore", "ignore", "pipe"], cwd: folder },
  );
  let said = "";
  const base = await new Promise((resolve, reject) => {
    child.stderr.on("data", (data) => {
      said += String(data);
      const [, address] = /debugging on (http:\/\/[\d.:]+)/.exec(said) ?? [];
      if (address !== undefined) resolve(address);
    });
    child.once("exit", () => reject(new Error(`belfry ended: ${said}`)));
  });
  while (!(await fetch(`${base}/readyz`)).ok) await sleep(100);
  return { child, base };
}

/** Clients that come and go: many that say little, a few that say much, one that does not read. @param {AbortSignal} signal */
async function keepBusy(signal) {
  addDeafClient();
  for (let added = 0; !signal.aborted; added++) {
    const isEcho = added % 3 !== 0;
    const size = isEcho ? 40 * 1.4 ** (added % 17) : 20 * 1.5 ** (added % 13);
    addClient(isEcho ? ECHO : REVERB, { size, every: 120 + (added % 11) * 90 });
    await sleep(330 + 150 * Math.sin(Date.now() / 20_000));
  }
}

/** @param {number} port @param {{ size: number, every: number }} pace */
function addClient(port, { size, every }) {
  const socket = connect(port, "127.0.0.1");
  const line = `${"x".repeat(size)}\n`;
  const talking = setInterval(() => socket.write(line), every);
  const leaving = setTimeout(() => socket.end(), 20_000 + Math.random() * 30_000);
  socket.resume();
  socket.on("error", () => {});
  socket.on("close", () => {
    clearInterval(talking);
    clearTimeout(leaving);
  });
}

function addDeafClient() {
  const socket = connect(ECHO, "127.0.0.1");
  socket.on("error", () => {});
  socket.pause();
  const chunk = Buffer.alloc(65_536);
  const write = () => {
    while (!socket.destroyed && socket.write(chunk));
    socket.once("drain", write);
  };
  write();
}

/** @param {string} base */
async function takeAll(base) {
  mkdirSync(IMAGES, { recursive: true });
  const browser = await chromium.launch({
    executablePath: process.env["BELFRY_CHROMIUM"] ?? "/usr/bin/chromium",
    args: FLAGS,
  });
  for (const colorScheme of SCHEMES) {
    for (const [size, viewport] of Object.entries(WINDOWS)) {
      const context = await browser.newContext({ viewport, colorScheme });
      for (const [name, path] of Object.entries({ dashboard: "/", wall: "/wall" }))
        await take(await context.newPage(), `${base}${path}`, `${name}-${size}-${colorScheme}`);
      await context.close();
    }
  }
  const context = await browser.newContext({ viewport: WINDOWS.wide, colorScheme: "dark" });
  await take(await context.newPage(), `${base}/`, "tasks", unfoldTasks);
  await browser.close();
}

/**
 * @param {import("playwright-core").Page} page
 * @param {string} address
 * @param {string} name
 * @param {(page: import("playwright-core").Page) => Promise<void>} prepare
 */
async function take(page, address, name, prepare = async () => {}) {
  if (!name.startsWith(process.argv[3] ?? "")) return;
  await page.goto(address);
  // For rates and drift to be known, and the second hand to be at rest.
  await sleep(4500);
  await prepare(page);
  await sleep(1000 - (Date.now() % 1000) + 600);
  const path = join(IMAGES, `${name}.png`);
  await page.screenshot({ path });
  const { size } = statSync(path);
  console.log(`${name}.png ${Math.round(size / 1000)} kB${size > MAX_SIZE ? ": too large" : ""}`);
  if (size > MAX_SIZE) process.exitCode = 1;
}

/** By keyboard, as one can. @param {import("playwright-core").Page} page */
async function unfoldTasks(page) {
  await page.getByRole("button", { name: "List the tasks" }).click();
  await page.getByRole("treeitem", { name: "reverb" }).first().click();
  for (const key of ["ArrowDown", "ArrowRight", "ArrowDown", "ArrowDown", "ArrowRight", "ArrowDown"])
    await page.keyboard.press(key);
  await page.locator("main").evaluate((main) => main.scrollIntoView({ block: "end" }));
}
