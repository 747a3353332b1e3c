import { accessSync, constants, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";

/** Where Debian puts it; another one can be named. */
const CHROMIUM = process.env["BELFRY_CHROMIUM"] ?? "/usr/bin/chromium";
/** Nothing but the page: no sandbox, for CI runs as root; no calls home. */
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const AXE = fileURLToPath(import.meta.resolve("axe-core/axe.min.js"));

/** The two colour schemes a page has to do well in. */
export const SCHEMES = ["dark", "light"] as const;
export type Scheme = (typeof SCHEMES)[number];

/** Why browser tests are skipped; `false` when there is a browser. */
export function missingBrowser(): string | false {
  try {
    accessSync(CHROMIUM, constants.X_OK);
    return false;
  } catch {
    return `${CHROMIUM} is not installed`;
  }
}

/** Starts the browser. Whoever starts it closes it. */
export function startBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
}

/** How a page is looked at. */
export interface Look {
  readonly scheme?: Scheme;
  readonly width?: number;
  readonly height?: number;
}

/** A page, and what went wrong on it. */
export interface Visit {
  readonly page: Page;
  /** Errors and warnings of the console, uncaught errors, and violations of the content security policy, so far. */
  readonly complaints: readonly string[];
}

/** Opens an address in a browser of its own kind: nothing is remembered from page to page. */
export async function visit<T>(
  browser: Browser,
  address: string,
  { scheme = "dark", width = 1440, height = 900 }: Look,
  use: (visit: Visit) => Promise<T>,
): Promise<T> {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: scheme });
  try {
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    const complaints: string[] = [];
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) complaints.push(`${message.type()}: ${message.text()}`);
    });
    await page.goto(address);
    return await use({ page, complaints });
  } finally {
    await context.close();
  }
}

/** How far a page can be scrolled sideways, in pixels. */
export function sidewaysScroll(page: Page): Promise<number> {
  return page.evaluate<number>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
}

/** What axe finds of serious or critical impact, each as one line. */
export async function seriousFindings(page: Page): Promise<string[]> {
  await page.evaluate(readFileSync(AXE, "utf8"));
  return page.evaluate<string[]>(`axe.run(document).then(({ violations }) => violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => id + " " + target + ": " + failureSummary)))`);
}
