// The page of `ckpt view` in a real browser, asked from the executable.
// Needs chromium-headless-shell.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { type Opened, openBrowser, openPage, seriousFindings } from "../helpers/browser.ts";
import { ckpt, newFolder, start, writeLines } from "../helpers/ckpt.ts";
import { until } from "../helpers/until.ts";
import { HOSTILE, hostileJob, type Viewed, viewed } from "../helpers/viewed-job.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

/** The rows that are drawn, as text. */
const rows = (page: Page): Promise<string[]> => page.locator(".row.cells .id").allTextContents();

async function untilCount(page: Page, text: string): Promise<void> {
  await page.locator(".matching", { hasText: text }).waitFor();
}

describe("a job with hostile results", () => {
  let folder: string;
  let view: Viewed;
  beforeAll(async () => {
    folder = await hostileJob(120);
    view = await viewed(folder);
  });
  afterAll(() => view.stop());

  const open = (place: string, options: BrowserContextOptions = {}): Promise<Opened> =>
    openPage(browser, `${view.url}&${place}`, options);

  const LANGUAGES = [
    [
      "en-US",
      { overview: "Failures by reason", results: "More filters", item: "Output", help: "Keyboard shortcuts" },
    ],
    ["zh-CN", { overview: "失败原因", results: "更多筛选", item: "输出", help: "键盘快捷键" }],
  ] as const;
  const SCREENS = LANGUAGES.flatMap(([locale, words]) =>
    (["light", "dark"] as const).map((colorScheme) => ({ locale, words, colorScheme })),
  );

  test.each(SCREENS)("every screen in $locale, $colorScheme", async ({ locale, words, colorScheme }) => {
    // The narrow screens in one theme, the wide ones in the other: each language has both.
    const width = colorScheme === (locale === "en-US" ? "dark" : "light") ? 360 : 1280;
    const { page, faults, close } = await open("view=overview", {
      locale,
      colorScheme,
      viewport: { width, height: 800 },
    });
    const found: string[] = [];
    const look = async (text: string): Promise<void> => {
      await page.getByText(text, { exact: true }).first().waitFor();
      found.push(...(await seriousFindings(page)));
      expect(await page.evaluate("document.documentElement.scrollWidth <= innerWidth")).toBe(true);
    };
    await look(words.overview);
    expect(await page.evaluate("document.documentElement.lang")).toBe(
      locale.startsWith("zh") ? "zh-CN" : "en",
    );
    await page.keyboard.press("2");
    await page.locator(".row.cells").first().waitFor();
    await look(words.results);
    await page.keyboard.press("Enter");
    await look(words.item);
    await page.keyboard.press("Escape");
    await page.keyboard.press("?");
    await look(words.help);
    const background = await page.evaluate("getComputedStyle(document.body).backgroundColor");
    expect(background).toBe(colorScheme === "dark" ? "rgb(15, 18, 21)" : "rgb(255, 255, 255)");
    expect({ found, faults }).toEqual({ found: [], faults: [] });
    await close();
  });

  test("language and theme can be switched, and stay so", async () => {
    const { page, faults, close } = await open("view=overview", { locale: "en-US", colorScheme: "light" });
    await page.getByRole("button", { name: "中文" }).click();
    await page.getByText("失败原因").waitFor();
    await page.keyboard.press("t");
    await page.keyboard.press("t");
    await until(async () => (await page.evaluate("document.documentElement.dataset.theme")) === "dark");
    await page.reload();
    await page.getByText("失败原因").waitFor();
    expect(await page.evaluate("document.documentElement.dataset.theme")).toBe("dark");
    expect(faults).toEqual([]);
    await close();
  });

  test("results are shown as text, and do nothing", async () => {
    const { page, faults, close } = await open("view=results");
    await untilCount(page, "120 results");
    for (const [n, text] of HOSTILE.entries()) {
      await page.locator(".row.cells").nth(n).click();
      await page.locator(".pane .name", { hasText: `Item q${n}` }).waitFor();
      const labels = await page.locator(".pane section.value").first().locator("label").all();
      for (const label of labels) await label.click();
      if (labels.length > 0)
        await page
          .locator(".pane section.value")
          .first()
          .getByText("Text", { exact: true })
          .click({ force: true });
      const shown = await page.locator(".pane section.value").first().innerText();
      expect(shown).toContain(n === 3 ? "\\u{202e}to left" : n === 5 ? "<i>x</i>" : text.slice(0, 20).trim());
      expect(shown).not.toContain("\u202E");
    }
    const links: string[] = await page.evaluate(
      "[...document.links].map((link) => link.getAttribute('href'))",
    );
    expect(links.filter((link) => !/^(?:#|https?:|mailto:)/.test(link))).toEqual([]);
    expect(await page.locator("#app").locator("script, img, iframe, style, b b").count()).toBe(0);
    expect(await page.evaluate("window.pwned")).toBeUndefined();
    expect(faults).toEqual([]);
    await close();
  });

  test("Markdown is drawn, its HTML is not, and its links lead to the web alone", async () => {
    const { page, close } = await open("view=results&search=click me");
    await untilCount(page, "1 of 120");
    await page.locator(".row.cells").click();
    const markdown = page.locator(".pane .markdown");
    await markdown.waitFor();
    const links = await markdown
      .locator("a")
      .evaluateAll((found) => found.map((link) => [link.getAttribute("href"), link.getAttribute("rel")]));
    expect(links).toEqual([
      ["https://example.com/a", "noopener noreferrer nofollow"],
      ["http://127.0.0.1:9/track.png", "noopener noreferrer nofollow"],
    ]);
    await page.locator("#search").fill("not bold");
    await until(async () => (await rows(page)).join() === "q2");
    await page.locator(".row.cells").click();
    await page.locator(".pane .markdown strong", { hasText: "bold" }).waitFor();
    const text = await page.locator(".pane .markdown").innerText();
    for (const part of [
      "<svg onload",
      "<b>not bold</b>",
      "\\u{202e}entity <x>",
      "<script>window.pwned=5</script>",
    ])
      expect(text).toContain(part);
    await close();
  });

  test("a value is a tree whose digits are as written", async () => {
    const { page, close } = await open("view=results");
    await page.locator(".row.cells").first().click();
    const tree = page.locator(".pane .tree").first();
    await tree.waitFor();
    expect(await tree.innerText()).toContain("big: 12345678901234567890");
    await close();
  });

  test("by the keyboard alone: search, filter, open, move, close", async () => {
    const { page, faults, close } = await open("view=overview");
    await page.getByText("Failures by reason").waitFor();
    await page.keyboard.press("f");
    await untilCount(page, "6 of 120");
    await page.keyboard.press("f");
    await untilCount(page, "120 results");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await page.locator(".pane .name", { hasText: "Item q2" }).waitFor();
    await until(() => page.evaluate("document.activeElement?.id === 'item-title'"));
    await page.keyboard.press("j");
    await page.locator(".pane .name", { hasText: "Item q3" }).waitFor();
    await page.keyboard.press("Escape");
    await page.locator(".pane").waitFor({ state: "detached" });
    await until(() => page.evaluate("document.activeElement?.id === 'table'"));
    await page.keyboard.press("End");
    await until(async () => (await rows(page)).includes("q119"));
    await page.keyboard.press("/");
    await until(() => page.evaluate("document.activeElement?.id === 'search'"));
    await page.keyboard.type("out of range");
    await untilCount(page, "3 of 120");
    await page.keyboard.press("Escape");
    await until(() => page.evaluate("document.activeElement?.id === 'table'"));
    // Everything that can be clicked can be reached.
    const reached = new Set<string>();
    for (let at = 0; at < 30; at++) {
      await page.keyboard.press("Tab");
      reached.add(
        await page.evaluate("document.activeElement.textContent || document.activeElement.tagName"),
      );
    }
    for (const name of ["中文", "?", "Overview", "More filters"]) expect([...reached]).toContain(name);
    expect(faults).toEqual([]);
    await close();
  });

  test("a search is kept when its field is left, and Enter leads to what was found", async () => {
    const { page, faults, close } = await open("view=results");
    await untilCount(page, "120 results");
    const focus = (id: string): Promise<void> =>
      until(() => page.evaluate(`document.activeElement?.id === '${id}'`));
    for (const key of ["Enter", "Escape"]) {
      await page.keyboard.press("/");
      await focus("search");
      await page.locator("#search").fill("");
      await page.keyboard.type("out of range");
      await page.keyboard.press(key);
      await focus("table");
      await untilCount(page, "3 of 120");
      expect(await page.locator("#search").inputValue()).toBe("out of range");
    }
    await page.keyboard.press("Enter");
    await page.locator(".pane .name", { hasText: "Item q8" }).waitFor();
    // Also where an item is open beside it.
    await page.locator("#search").focus();
    await page.keyboard.press("Escape");
    await page.locator(".pane").waitFor({ state: "detached" });
    expect(await page.locator("#search").inputValue()).toBe("out of range");
    expect(faults).toEqual([]);
    await close();
  });

  test("a search for a text of any length is answered; an answer that says what is wrong is shown", async () => {
    const { page, faults, close } = await open(
      `view=results&search=${"问".repeat(3000)}&where=output~${"题".repeat(3000)}`,
    );
    await page.getByText("No result matches").waitFor();
    await page.locator("#search").fill("号".repeat(100_000));
    await page.locator("#where").fill("");
    await untilCount(page, "0 of 120");
    expect(faults).toEqual([]);
    const error = { code: "failed", message: "a made-up reason" };
    await page.route("**/api/rows*", (route) => route.fulfill({ status: 500, json: { error } }));
    await page.locator("#search").fill("other");
    await page.getByRole("alert").filter({ hasText: error.message }).waitFor();
    await page.unroute("**/api/rows*");
    await untilCount(page, "of 120 results");
    await page.getByRole("alert").waitFor({ state: "detached" });
    await close();
  });

  test("a link to an item that is not there says so", async () => {
    const { page, close } = await open("view=results&item=0.1", { locale: "en-US" });
    await page.locator("#item-title", { hasText: "no longer there" }).waitFor();
    await close();
  });

  test("at 400 % the table can be reached below all filters", async () => {
    const { page, faults, close } = await open("view=results&kind=exception", {
      viewport: { width: 320, height: 256 },
    });
    await page.locator(".row.cells").first().waitFor();
    await page.locator(".row.cells").nth(1).click();
    await page.locator(".pane .name").waitFor();
    expect(await page.evaluate("document.documentElement.scrollWidth <= innerWidth")).toBe(true);
    expect(faults).toEqual([]);
    await close();
  });

  test("a click on a failure shows its results", async () => {
    const { page, faults, close } = await open("view=overview");
    await page.locator(".failures a", { hasText: "out of range" }).click();
    await untilCount(page, "3 of 120");
    expect(await rows(page)).toEqual(["q8", "q58", "q108"]);
    await page.getByRole("button", { name: /^Remove the filter/ }).click();
    await untilCount(page, "120 results");
    expect(faults).toEqual([]);
    await close();
  });

  test("the address leads back to the same place, and never holds the token", async () => {
    const { page, faults, close } = await open("view=results&status=failed");
    await untilCount(page, "6 of 120");
    await page.locator(".row.cells").nth(1).click();
    await page.locator(".pane .name", { hasText: "Item q8" }).waitFor();
    expect(page.url()).not.toContain("token");
    await page.reload();
    await page.locator(".pane .name", { hasText: "Item q8" }).waitFor();
    await untilCount(page, "6 of 120");
    await page.goBack();
    await page.locator(".pane").waitFor({ state: "detached" });
    expect(faults).toEqual([]);
    await close();
  });

  test("a condition that is none is named, and nothing is asked for", async () => {
    const { page, faults, close } = await open("view=results&where=nonsense");
    await page.getByRole("alert").filter({ hasText: "FIELD=VALUE" }).waitFor();
    await page.locator("#where").fill("answer~^1[25]$");
    await untilCount(page, "2 of 120");
    expect(faults).toEqual([]);
    await close();
  });

  test("without the token the page has nothing, and says what to do", async () => {
    const { page, close } = await openPage(browser, view.url.split("#")[0] ?? "");
    await page.getByText("Open the address that ckpt view printed").waitFor();
    expect(await page.content()).not.toContain("question 1");
    await close();
  });

  test("a connection that is lost and found again is said", async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.route("**/api/events*", (route) => route.abort());
    await page.goto(view.url);
    await page.getByText("Connection lost").waitFor();
    // What was known stays.
    await page.getByText("Failures by reason").waitFor();
    await page.unroute("**/api/events*");
    await page.getByText("Connection lost").waitFor({ state: "detached" });
    await page.getByRole("status").filter({ hasText: "Connected again" }).waitFor({ state: "attached" });
    await context.close();
  });

  test("a server that has ended is said, and what was known stays", async () => {
    const other = await viewed(folder);
    const { page, close } = await openPage(browser, other.url);
    await page.getByText("Failures by reason").waitFor();
    await other.stop();
    await page.getByText("Connection lost").waitFor();
    expect(await page.getByText("Failures by reason").isVisible()).toBe(true);
    await close();
  });
});

describe("a job of lines without ids", () => {
  let view: Viewed;
  beforeAll(async () => {
    const folder = newFolder();
    writeLines(
      folder,
      "in.txt",
      Array.from({ length: 30 }, (_, n) => `line ${n}`),
    );
    expect((await ckpt(folder, ["run", "in.txt", "-q", "--shell", "sleep 0.1; echo {}"])).code).toBe(0);
    view = await viewed(folder);
  });
  afterAll(() => view.stop());

  test("has no column for ids", async () => {
    for (const width of [360, 900, 1280]) {
      const viewport = { width, height: 800 };
      const { page, faults, close } = await openPage(browser, `${view.url}&view=results`, { viewport });
      await page.getByText("line 3", { exact: true }).waitFor();
      expect(await page.locator(".cells .id").first().isVisible()).toBe(false);
      const [number, status] = await Promise.all(
        [".number", ".status"].map((cell) => page.locator(`.row.cells ${cell}`).first().boundingBox()),
      );
      expect((status?.x ?? 0) - (number?.x ?? 0) - (number?.width ?? 0)).toBeLessThan(20);
      expect(faults).toEqual([]);
      await close();
    }
  });

  test("has plots that stand in line, with short values", async () => {
    for (const width of [960, 1280, 2560]) {
      const viewport = { width, height: 900 };
      const { page, faults, close } = await openPage(browser, `${view.url}&view=overview`, { viewport });
      await page.locator(".plot canvas").first().waitFor();
      await page.locator(".chart .legend .bad", { hasText: /^failed 0\/s$/ }).waitFor();
      const charts: readonly { top: number; plot: number }[] = await page.evaluate(
        `[...document.querySelectorAll(".chart")].map((chart) => ({
          top: chart.getBoundingClientRect().top,
          plot: chart.querySelector(".plot").getBoundingClientRect().top,
        }))`,
      );
      for (const { top, plot } of charts)
        expect(charts.filter((other) => other.top === top && other.plot !== plot)).toEqual([]);
      expect(faults).toEqual([]);
      await close();
    }
  });
});

describe("a job of 200 000 results", () => {
  const COUNT = 200_000;
  let view: Viewed;
  beforeAll(async () => {
    view = await viewed(await hostileJob(COUNT));
  });
  afterAll(() => view.stop());

  test("is searched, filtered and sorted", async () => {
    const { page, faults, close } = await openPage(browser, `${view.url}&view=results`);
    await untilCount(page, "200,000 results");
    expect((await rows(page)).slice(0, 3)).toEqual(["q0", "q1", "q2"]);
    await page.locator("#search").fill("QUESTION 199999");
    await untilCount(page, "1 of 200,000");
    await until(async () => (await rows(page)).join() === "q199999");
    await page.locator("#search").fill("");
    await page.getByRole("radio", { name: "Failed" }).check();
    await untilCount(page, "8,000 of 200,000");
    await page.getByRole("radio", { name: "All" }).check();
    await page.getByRole("button", { name: "More filters" }).click();
    await page.locator("#where").fill("answer=150000");
    await untilCount(page, "1 of 200,000");
    await until(async () => (await rows(page)).join() === "q150000");
    await page.locator("#where").fill("");
    await untilCount(page, "200,000 results");
    await page.getByLabel("Order").selectOption("newest");
    await until(async () => !(await rows(page)).includes("q0"));
    expect(faults).toEqual([]);
    await close();
  });

  test("is scrolled to its middle and its end", async () => {
    const { page, faults, close } = await openPage(browser, `${view.url}&view=results`);
    await untilCount(page, "200,000 results");
    await page.evaluate("table.scrollTop = table.scrollHeight / 2");
    await until(async () => (await rows(page)).some((id) => /^q(?:99[89]|100[01])\d\d$/.test(id)));
    await page.locator("#table").focus();
    await page.keyboard.press("End");
    await until(async () => (await rows(page)).at(-1) === "q199999");
    await page.keyboard.press("Home");
    await until(async () => (await rows(page))[0] === "q0");
    expect(faults).toEqual([]);
    await close();
  });
});

test("a run is followed while it is killed and resumed", async () => {
  const folder = newFolder();
  const allow = (count: number): void => fs.writeFileSync(path.join(folder, "allow"), String(count));
  fs.writeFileSync(
    path.join(folder, "gate.ts"),
    `import { readFileSync } from "node:fs";
export default async function answer(item: { n: number }): Promise<unknown> {
  while (Number(readFileSync("allow", "utf8")) <= item.n) await Bun.sleep(20);
  if (item.n === 3) throw new Error("three");
  return "answer " + item.n;
}
`,
  );
  writeLines(
    folder,
    "in.jsonl",
    Array.from({ length: 40 }, (_, n) => JSON.stringify({ n })),
  );
  const words = ["run", "in.jsonl", "--module", "gate.ts", "-j", "2", "--batch-size", "1", "-o", "out.jsonl"];
  allow(10);
  const first = start(folder, words);
  await until(() => fs.existsSync(path.join(folder, "checkpoints/processing_status.json")));
  const view = await viewed(folder);
  const { page, faults, close } = await openPage(browser, `${view.url}&view=overview`);
  const legend = page.locator(".progress .legend");
  await legend.filter({ hasText: /9 done.*1 failed.*30 left/ }).waitFor();
  await page.locator(".chip", { hasText: "Running" }).waitFor();
  first.kill("SIGKILL");
  await first.exited;
  await page.locator(".chip", { hasText: "Interrupted" }).waitFor();
  allow(25);
  const second = start(folder, words);
  await legend.filter({ hasText: /24 done.*1 failed.*15 left/ }).waitFor();
  await page.keyboard.press("2");
  await untilCount(page, "25 results");
  allow(40);
  await untilCount(page, "40 results");
  await second.exited;
  await page.keyboard.press("1");
  await page.locator(".chip", { hasText: "Finished, with failures" }).waitFor();
  expect(await legend.innerText()).toContain("39 done");
  expect(faults).toEqual([]);
  await close();
  await view.stop();
});
