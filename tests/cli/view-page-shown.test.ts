// What the page of `ckpt view` shows, looked at in a real browser: nothing is cut off, and nothing is left out.
// Needs chromium-headless-shell.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import type { Browser, Page } from "playwright-core";
import { openBrowser, openPage, seriousFindings } from "../helpers/browser.ts";
import { ckpt, newFolder, writeLines } from "../helpers/ckpt.ts";
import { shardsJob, SOME_FAIL } from "../helpers/shards.ts";
import { type Viewed, viewed } from "../helpers/viewed-job.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

const NARROW = { width: 360, height: 740 };
const LOCALES = ["en-US", "zh-CN"] as const;

/** Fields that are less wide than what is chosen in them, or their hint, needs. */
const cutFields = (page: Page): Promise<string[]> =>
  page.evaluate(`[...document.querySelectorAll("select, input[type=search]")].flatMap((field) => {
    const whole = field.cloneNode(true);
    whole.style.cssText = "position: absolute; width: max-content; max-width: none";
    if (field.selectedOptions) whole.replaceChildren(field.selectedOptions[0].cloneNode(true));
    document.body.append(whole);
    const isCut = field.selectedOptions
      ? whole.offsetWidth > field.offsetWidth
      : textWidth(field.placeholder, field) > roomOf(field);
    whole.remove();
    return isCut ? [field.placeholder ?? field.selectedOptions[0].text] : [];
    function roomOf(input) {
      const { paddingLeft, paddingRight } = getComputedStyle(input);
      return input.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight);
    }
    function textWidth(text, like) {
      const canvas = document.createElement("canvas").getContext("2d");
      canvas.font = getComputedStyle(like).font;
      return canvas.measureText(text).width;
    }
  })`);

const colorOf = (page: Page, selector: string): Promise<string> =>
  page.evaluate(`getComputedStyle(document.querySelector("${selector}")).backgroundColor`);

const MODULE = `export default function answer(item: { n: number }): unknown {
  if (item.n === 0) return { answer: "4", count: 4 };
  if (item.n === 1) return "";
  if (item.n === 3) return Array.from({ length: 250 }, (_, at) => "entry " + at);
  if (item.n === 2) throw new Error("the first line\\nthe second line");
  return "answer " + item.n;
}
`;

describe("a job of a few items that was stopped", () => {
  let view: Viewed;
  let folder: string;
  beforeAll(async () => {
    folder = newFolder();
    fs.writeFileSync(path.join(folder, "answer.ts"), MODULE);
    writeLines(
      folder,
      "questions.jsonl",
      Array.from({ length: 6 }, (_, n) => JSON.stringify({ id: `q${n}`, n })),
    );
    const words = ["run", "questions.jsonl", "--id", "id", "--module", "answer.ts", "--limit", "5", "-q"];
    expect((await ckpt(folder, words)).code).toBe(4);
    expect((await ckpt(folder, ["backup", "before_more"])).code).toBe(0);
    view = await viewed(folder);
  });
  afterAll(() => view.stop());

  test.each(LOCALES)("no field is cut off at 360 pixels: %s", async (locale) => {
    const { page, faults, close } = await openPage(browser, `${view.url}&view=results`, {
      locale,
      viewport: NARROW,
    });
    await page.locator(".row.cells").first().waitFor();
    await page.locator(".filters button[aria-expanded]").click();
    await page.locator("#where").waitFor();
    for (const sort of ["input", "newest", "slowest"]) {
      await page.locator(".filters select").first().selectOption(sort);
      expect({ sort, cut: await cutFields(page) }).toEqual({ sort, cut: [] });
    }
    expect(faults).toEqual([]);
    await close();
  });

  test("a plot of a single piece of time is a line", async () => {
    const { page, faults, close } = await openPage(browser, `${view.url}&view=overview`);
    await page.locator(".plot canvas").first().waitFor();
    // In the middle, where no axis and no label is.
    const colored: number = await page.evaluate(`(() => {
      const canvas = document.querySelector(".plot canvas");
      const { data } = canvas.getContext("2d").getImageData(Math.floor(canvas.width / 2), 0, 1, canvas.height);
      let greens = 0;
      for (let at = 0; at < data.length; at += 4) if (data[at + 3] > 200 && data[at + 1] > data[at] + 40) greens++;
      return greens;
    })()`);
    expect(colored).toBeGreaterThan(0);
    expect(faults).toEqual([]);
    await close();
  });

  test("the views stand below the name while nothing is known yet, too", async () => {
    const context = await browser.newContext({ viewport: NARROW });
    const page = await context.newPage();
    await page.route(/api\/(?:overview|events)/, () => undefined);
    await page.goto(view.url);
    await page.getByText("Loading…").waitFor();
    const [brand, tabs] = await Promise.all(
      [".brand", ".tabs"].map((place) => page.locator(place).boundingBox()),
    );
    expect(tabs?.y).toBeGreaterThanOrEqual((brand?.y ?? 0) + (brand?.height ?? 0));
    await context.close();
  });

  test("a plot stays in its place while the pointer is on it, and says the time", async () => {
    const viewport = { width: 960, height: 900 };
    const { page, faults, close } = await openPage(browser, `${view.url}&view=overview`, { viewport });
    const plot = page.locator(".plot").nth(1);
    await plot.locator("canvas").waitFor();
    const before = await plot.boundingBox();
    await plot.hover();
    await page.locator(".chart .when").waitFor();
    expect(await plot.boundingBox()).toEqual(before);
    expect(faults).toEqual([]);
    await close();
  });

  test.each([
    ["en-US", "Run the same command again to resume."],
    ["zh-CN", "再次运行同一条命令即可继续。"],
  ] as const)("says what the job is and how it goes on: %s", async (locale, resume) => {
    const { page, faults, close } = await openPage(browser, `${view.url}&view=overview`, { locale });
    await page.getByText(resume).waitFor();
    expect(await page.locator(".header .job").innerText()).toBe("questions.jsonl · answer.ts");
    // Of a backup nothing is resumed.
    const [group] = await page.locator("select.source optgroup").all();
    expect(await group?.getAttribute("label")).toBe(locale === "en-US" ? "Backups" : "备份");
    expect(await group?.locator("option").allTextContents()).toEqual(["before_more · 66.6%"]);
    await page.locator("select.source").selectOption({ index: 1 });
    await page.getByText(resume).waitFor({ state: "detached" });
    expect(faults).toEqual([]);
    await close();
  });

  test("an empty output is said to be empty, texts in a tree have quotes, an error has its lines", async () => {
    const { page, faults, close } = await openPage(browser, `${view.url}&view=results`);
    const rows = page.locator(".row.cells");
    await rows.nth(1).getByText("(empty)").waitFor();
    await rows.nth(0).click();
    const tree = page.locator(".pane .tree").first();
    await tree.waitFor();
    expect(await tree.innerText()).toContain('answer: "4"');
    expect(await tree.innerText()).toContain("count: 4");
    await rows.nth(1).click();
    await page.locator(".pane .value").getByText("(empty)").waitFor();
    await rows.nth(2).click();
    const error = page.locator(".pane .error").first();
    await error.waitFor();
    expect(await error.innerText()).toContain("the first line\nthe second line");
    // A long list begins open, with its first entries.
    await rows.nth(3).click();
    await tree.getByText('"entry 99"').waitFor();
    await tree.getByText("150 more…").waitFor();
    expect(faults).toEqual([]);
    await close();
  });

  test.each(LOCALES)("without access there is nothing to choose from: %s", async (locale) => {
    const url = view.url.split("#")[0] ?? "";
    const { page, close } = await openPage(browser, url, { locale, viewport: NARROW });
    await page.locator(".refused").waitFor();
    expect(await page.locator(".tabs").count()).toBe(0);
    await close();
  });
});

describe("a folder of shards of which one has not started", () => {
  let view: Viewed;
  beforeAll(async () => {
    const shards = shardsJob(60);
    for (const which of ["1/3", "2/3"]) expect(await shards.run(which, ...SOME_FAIL)).toBe(3);
    view = await viewed(shards.folder);
  });
  afterAll(() => view.stop());

  const SCREENS = LOCALES.flatMap((locale) => [360, 1280, 3840].map((width) => [locale, width] as const));

  test.each(SCREENS)("failed parts are red, and nothing is cut off: %s, %d pixels", async (locale, width) => {
    const { page, faults, close } = await openPage(browser, `${view.url}&view=overview`, {
      locale,
      viewport: { width, height: 900 },
    });
    await page
      .getByText(locale === "en-US" ? "1 more shard has not started." : "另有 1 个分片尚未开始。")
      .waitFor();
    const failed = page.locator(".meter .failed").first();
    expect((await failed.boundingBox())?.width).toBeGreaterThan(0);
    expect(await colorOf(page, ".meter .failed")).toBe(await colorOf(page, ".bar .failed"));
    expect(await colorOf(page, ".meter .done")).toBe(await colorOf(page, ".bar .done"));
    const shards = await page.locator(".shards").evaluate((place) => place.scrollWidth - place.clientWidth);
    expect(shards).toBe(0);
    expect(await page.locator(".shards tr").nth(1).locator(".number").allInnerTexts()).toHaveLength(3);
    expect({ found: await seriousFindings(page), faults }).toEqual({ found: [], faults: [] });
    await close();
  });
});

describe("a job whose input has been changed", () => {
  let folder: string;
  let view: Viewed;
  const item = (n: number, q = `question ${n}`): string => JSON.stringify({ id: `q${n}`, n, q });
  const words = ["run", "in.jsonl", "--id", "id", "-q", "--shell", "test {n} != 4 && echo {q}", "--limit"];
  beforeAll(async () => {
    folder = newFolder();
    const numbers = Array.from({ length: 10 }, (_, n) => n);
    writeLines(
      folder,
      "in.jsonl",
      numbers.map((n) => item(n)),
    );
    expect((await ckpt(folder, [...words, "8"])).code).toBe(4);
    // One that succeeded and the one that failed are gone, one has another question, two are new; of those that are pending, one is attempted: a new one.
    const kept = numbers
      .filter((n) => n !== 1 && n !== 4)
      .map((n) => item(n, n === 6 ? "another" : undefined));
    writeLines(folder, "in.jsonl", [item(20), ...kept, item(21)]);
    expect((await ckpt(folder, [...words, "1"])).code).toBe(4);
    view = await viewed(folder);
  });
  afterAll(() => view.stop());

  /** By the id of a result: what is said of it. */
  const marks = (page: Page): Promise<Record<string, string>> =>
    page.evaluate(`Object.fromEntries([...document.querySelectorAll(".row.cells")].map((row) => [
      row.querySelector(".id").textContent,
      row.querySelector(".text .mark")?.textContent ?? "",
    ]))`);

  const LANGUAGES = [
    ["en-US", "no longer in the input", "item has changed", "2 more results", "No failures."],
    ["zh-CN", "已不在输入中", "条目已修改", "另有 2 个结果", "没有失败。"],
  ] as const;

  test.each(LANGUAGES)("marks results that do not count: %s", async (locale, gone, changed, more, none) => {
    await ckpt(folder, ["view", "-o", "page.html", "--force", "-q"]);
    for (const url of [view.url, `file://${path.join(folder, "page.html")}#`]) {
      const { page, faults, close } = await openPage(browser, `${url}&view=results`, { locale });
      await page.locator(".row .mark").first().waitFor();
      const expected: Readonly<Record<string, string>> = { q1: gone, q4: gone, q6: changed };
      expect(await marks(page)).toEqual(
        Object.fromEntries(
          ["q0", "q1", "q2", "q20", "q3", "q4", "q5", "q6", "q7"].map((id) => [id, expected[id] ?? ""]),
        ),
      );
      await page.locator(".row.cells", { hasText: "q1" }).first().click();
      await page.locator(".pane .notice", { hasText: gone }).waitFor();
      await page.keyboard.press("1");
      await page.locator(".progress .hint", { hasText: more }).waitFor();
      // A failure of an item that is gone is none of the job.
      await page.locator(".failures").getByText(none).waitFor();
      expect({ found: await seriousFindings(page), faults }).toEqual({ found: [], faults: [] });
      await close();
    }
  });
});

test("a checkpoint that is cleared is said to be empty, and its next run is shown", async () => {
  const folder = newFolder();
  writeLines(folder, "in.txt", ["a", "b"]);
  const words = ["run", "in.txt", "-q", "--limit", "1", "--shell", "echo {}"];
  expect((await ckpt(folder, words)).code).toBe(4);
  const view = await viewed(folder);
  const { page, faults, close } = await openPage(browser, `${view.url}&view=overview`);
  await page.getByText("Run the same command again to resume.").waitFor();
  expect((await ckpt(folder, ["clear", "--yes"])).code).toBe(0);
  await page.getByText("Nothing is here yet.").waitFor();
  // Its backup is in the list, and is not shown by itself.
  await page.locator("select.source optgroup[label=Backups]").waitFor({ state: "attached" });
  await page.getByText("Nothing is here yet.").waitFor();
  expect((await ckpt(folder, words)).code).toBe(4);
  await page.getByText("Run the same command again to resume.").waitFor();
  // What is damaged may have to be repaired first.
  const log = path.join(folder, "checkpoints/checkpoint_results.jsonl");
  fs.truncateSync(log, fs.statSync(log).size - 5);
  await page.getByText("What is wrong with the files").waitFor();
  await page.getByText("Run the same command again to resume.").waitFor({ state: "detached" });
  expect(faults).toEqual([]);
  await close();
  await view.stop();
});
