// The page of `ckpt view` in several tabs, and after others: who has the token, and what an address leads to.
// Needs chromium-headless-shell.
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import type { Browser } from "playwright-core";
import { openBrowser, openPage } from "../helpers/browser.ts";
import { ckpt, newFolder, writeLines } from "../helpers/ckpt.ts";
import { until } from "../helpers/until.ts";
import { makeViewed } from "../helpers/viewed-checkpoint.ts";
import { viewed } from "../helpers/viewed-job.ts";
import { viewer } from "../helpers/viewer.ts";

setDefaultTimeout(120_000);

let browser: Browser;
let folder: string;
beforeAll(async () => {
  browser = await openBrowser();
  folder = newFolder();
  const results = [0, 1, 2].map((index) => ({ index, id: `q${index}`, output: `"answer ${index}"` }));
  makeViewed(path.join(folder, "checkpoints"), results, { items: 3 });
});
afterAll(() => browser.close());

const REFUSED = "This page has no access to ckpt.";

test("the address that is printed opens the page also in a tab that had none, or that of an earlier start", async () => {
  const first = await viewed(folder);
  const bare = first.url.split("#")[0] ?? "";
  const { page, close } = await openPage(browser, bare, { locale: "en-US" });
  await page.getByText(REFUSED).waitFor();
  await page.goto(first.url);
  await page.locator(".figures").first().waitFor();
  expect(page.url()).not.toContain("token");
  await first.stop();
  // The next one on the same port has another token.
  const second = await viewed(folder, ["--port", new URL(bare).port]);
  await page.getByText(REFUSED).waitFor();
  await page.goto(second.url);
  await page.locator(".figures").first().waitFor();
  expect(page.url()).not.toContain("token");
  await close();
  await second.stop();
});

test("the list of what can be looked at follows backups, new sessions and deletions", async () => {
  const own = newFolder();
  writeLines(own, "items.txt", ["a", "b"]);
  const run = async (...args: readonly string[]): Promise<number> => (await ckpt(own, args)).code;
  expect(await run("run", "items.txt", "--limit", "1", "--", "cat")).toBe(4);
  const view = await viewed(own);
  const { page, faults, close } = await openPage(browser, view.url, { locale: "en-US" });
  const listed = (text: string): Promise<void> =>
    page.locator(".source", { hasText: text }).waitFor({ state: "attached" });
  await listed("Checkpoint ");
  expect(await run("backup", "mine")).toBe(0);
  await listed("mine");
  await page.locator("select.source").selectOption("backup:mine");
  await until(() => page.url().includes("source=backup"));
  fs.rmSync(path.join(own, "checkpoints/backups/mine"), { recursive: true });
  await until(async () => (await page.locator('option[value="backup:mine"]').count()) === 0, "the deletion");
  expect(await run("run", "--yes")).toBe(0);
  await listed("auto_completed_");
  expect(faults).toEqual([]);
  await close();
  await view.stop();
});

test("a backup that is made while the page loads is listed, too", async () => {
  const own = newFolder();
  makeViewed(path.join(own, "checkpoints"), [{ index: 0, id: "q0", output: "1" }], { items: 1 });
  await using view = await viewer(own);
  const context = await browser.newContext({ locale: "en-US" });
  const page = await context.newPage();
  // The list has been read by then, and no overview yet.
  const made = Promise.withResolvers<void>();
  await page.route("**/api/overview*", async (route) => {
    await made.promise;
    await route.continue();
  });
  const asked = page.waitForRequest("**/api/overview*");
  await page.goto(view.url);
  await asked;
  expect((await ckpt(own, ["backup", "mine"])).code).toBe(0);
  await until(async () => (await view.sources()).length === 2, "the backup");
  made.resolve();
  await page.locator('.source option[value="backup:mine"]').waitFor({ state: "attached" });
  await context.close();
});

test("a link into the page works in another tab of the same browser, and in no other browser", async () => {
  const view = await viewed(folder);
  const { page, faults, close } = await openPage(browser, `${view.url}&view=results&search=answer+1`, {
    locale: "en-US",
  });
  await page.locator(".row.cells .id", { hasText: "q1" }).click();
  await page.locator(".pane .name", { hasText: "q1" }).waitFor();
  await until(() => page.url().includes("item="));
  const other = await page.context().newPage();
  await other.goto(page.url());
  await other.locator(".pane .name", { hasText: "q1" }).waitFor();
  await other.locator(".matching", { hasText: "1 of 3" }).waitFor();
  // It has the token of its own from then on.
  await page.close();
  await other.reload();
  await other.locator(".pane .name", { hasText: "q1" }).waitFor();
  expect(faults).toEqual([]);
  const stranger = await openPage(browser, other.url(), { locale: "en-US" });
  await stranger.page.getByText(REFUSED).waitFor();
  await stranger.close();
  await close();
  await view.stop();
});
