// Values that no job means to have, in the page of `ckpt view`: each can be shown, searched and left again.
// Needs chromium-headless-shell.
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import type { Browser } from "playwright-core";
import { openBrowser, openPage } from "../helpers/browser.ts";
import { ckpt, newFolder } from "../helpers/ckpt.ts";
import { makeViewed } from "../helpers/viewed-checkpoint.ts";
import { viewed } from "../helpers/viewed-job.ts";
import { viewer } from "../helpers/viewer.ts";

setDefaultTimeout(120_000);

const DEEP = 10_000;
/** JSON text of an output, and what the page shows of it in each of its views. */
const ODD: readonly (readonly [what: string, json: string, shown: readonly string[]])[] = [
  ["nothing", "null", ["null"]],
  [
    "numbers that no double holds",
    "[1e400,-1e400,12345678901234567890,-0,1.10]",
    ["1e400", "12345678901234567890", "-0", "1.10"],
  ],
  ["a list nested deeply", "[".repeat(DEEP) + "]".repeat(DEEP), ["[[[["]],
  ["an object nested deeply", `${'{"a":'.repeat(DEEP)}"deep\\nest"${"}".repeat(DEEP)}`, ['{"a":{"a"']],
  ["a text that holds such a list", JSON.stringify("[".repeat(DEEP) + "]".repeat(DEEP)), ["[[[["]],
  ["quotes of quotes in Markdown", JSON.stringify(`**x**\n${"> ".repeat(3000)}x`), ["> > > >"]],
  ["lists of lists in Markdown", JSON.stringify(`**x**\n\n${"- ".repeat(3000)}x`), ["- - - -"]],
  [
    "a hundred thousand fields",
    `{${Array.from({ length: 100_000 }, (_, at) => `"k${at}":${at}`).join()}}`,
    ["{100,000}", "k7"],
  ],
  [
    "names that objects have",
    '{"":1,"__proto__":2,"constructor":3,"length":4}',
    ["__proto__", "constructor"],
  ],
  [
    "control characters and half characters",
    '"\\u0000\\u001b[31m \\ud800 \\u202e"',
    ["\\x00\\x1b[31m \\u{d800} \\u{202e}"],
  ],
];

let browser: Browser;
let folder: string;
beforeAll(async () => {
  browser = await openBrowser();
  folder = newFolder();
  const results = ODD.map(([, output], index) => ({ index, id: `odd${index}`, output }));
  makeViewed(path.join(folder, "checkpoints"), results, { items: ODD.length });
});
afterAll(async () => {
  await browser.close();
  fs.rmSync(folder, { recursive: true });
});

/** Opens one result after the other by the page's own button, and compares what each view shows. */
async function lookAtAll(url: string): Promise<void> {
  const { page, faults, close } = await openPage(browser, url, { locale: "en-US" });
  await page.locator(".row.cells").first().click();
  for (const [index, [what, , shown]] of ODD.entries()) {
    if (index > 0) await page.getByRole("button", { name: "Next item" }).click();
    await page.locator(".pane .name", { hasText: `odd${index}` }).waitFor();
    const output = page.locator(".pane section.value").first();
    let text = await output.innerText();
    for (const label of await output.locator("label").all()) {
      await label.click();
      text += await output.innerText();
    }
    for (const part of shown)
      expect({ what, part, isShown: text.includes(part) }).toEqual({ what, part, isShown: true });
  }
  expect(faults).toEqual([]);
  await close();
}

test("each is shown by the server's page", async () => {
  const { url, stop } = await viewed(folder);
  await lookAtAll(`${url}&view=results`);
  await stop();
});

test("each is shown by the saved page", async () => {
  expect((await ckpt(folder, ["view", "-o", "odd.html", "--force"])).code).toBe(0);
  await lookAtAll(`file://${path.join(folder, "odd.html")}#view=results`);
});

test("a search looks through all of them", async () => {
  await using page = await viewer(folder);
  const found = async (search: string): Promise<readonly (string | null)[]> =>
    (await page.rows({ search })).rows.map(({ id }) => id);
  expect(await found("deep\nest")).toEqual(["odd3"]);
  expect(await found("12345678901234567890")).toEqual(["odd1"]);
  expect(await found("K99999")).toEqual(["odd7"]);
  expect(await found("\u0000")).toEqual(["odd9"]);
});
