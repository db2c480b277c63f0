// Chromium, driven by playwright-core, and what must hold of every page in it.
import { readFileSync } from "node:fs";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { ENV } from "./ckpt.ts";

/** Opens the browser; it dies with the process that runs the tests. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: Bun.which("chromium-headless-shell") ?? "", env: { ...ENV } });
}

export type Opened = {
  readonly page: Page;
  /** What stands on the console, exceptions, and requests to anywhere else than the page's own server. */
  readonly faults: string[];
  readonly close: () => Promise<void>;
};

/** A page in a profile of its own. @param url of the page; only what begins with its origin may be asked for */
export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Opened> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on("console", (message) => faults.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => faults.push(`error: ${String(error)}`));
  page.on("dialog", (dialog) => {
    faults.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  const own = url.startsWith("file:") ? url.split("#")[0] : new URL(url).origin;
  page.on("request", (request) => {
    if (!request.url().startsWith(own ?? "") && !request.url().startsWith("data:"))
      faults.push(`request: ${request.url()}`);
  });
  await page.goto(url);
  return { page, faults, close: () => context.close() };
}

const AXE = readFileSync(new URL(import.meta.resolve("axe-core/axe.min.js")), "utf8");

type Violation = {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string }[];
};

/** What axe-core finds that is serious or worse: the rule, and where. */
export async function seriousFindings(page: Page): Promise<readonly string[]> {
  await page.evaluate(AXE);
  const violations: readonly Violation[] = await page.evaluate("axe.run().then((found) => found.violations)");
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(" ")}`);
}
