// `ckpt view -o FILE.html`: the page as one file, opened from the disk in a real browser.
// Needs chromium-headless-shell.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import type { Browser } from "playwright-core";
import { openBrowser, openPage, seriousFindings } from "../helpers/browser.ts";
import { ckpt, read } from "../helpers/ckpt.ts";
import { runAll, shardsJob, SOME_FAIL } from "../helpers/shards.ts";
import { HOSTILE, hostileJob } from "../helpers/viewed-job.ts";

let browser: Browser;
let folder: string;
beforeAll(async () => {
  browser = await openBrowser();
  folder = await hostileJob(1500);
});
afterAll(() => browser.close());

/** What a saved page holds, as it stands in the file. */
function held(name: string, where = folder): string {
  const packed = /<pre hidden id="ckpt-data">([^<]*)<\/pre>/.exec(read(where, name))?.[1] ?? "";
  return Buffer.from(Bun.gunzipSync(Buffer.from(packed, "base64"))).toString();
}

type Held = {
  readonly results: number;
  readonly items: readonly { readonly row: { readonly id: string; readonly status: string } }[];
};

async function save(
  name: string,
  args: readonly string[] = [],
  env: Record<string, string> = {},
): Promise<void> {
  const ran = await ckpt(folder, ["view", "-o", name, ...args], env);
  expect({ code: ran.code, out: ran.out }).toEqual({ code: 0, out: "" });
  expect(ran.err).toContain(name);
}

describe("a saved page", () => {
  test.each([
    ["en-US", "light", { part: "all failures among them", failures: "Failures by reason", output: "Output" }],
    ["zh-CN", "dark", { part: "包括全部失败的结果", failures: "失败原因", output: "输出" }],
  ] as const)("shows all from the disk, without a network: %s, %s", async (locale, colorScheme, words) => {
    await save("part.html", ["--rows", "10"]);
    const url = `file://${path.join(folder, "part.html")}`;
    const { page, faults, close } = await openPage(browser, url, { locale, colorScheme, offline: true });
    await page.getByText(words.part).waitFor();
    await page.getByText(words.failures, { exact: true }).waitFor();
    const found = [...(await seriousFindings(page))];
    await page.keyboard.press("2");
    for (const [n, text] of HOSTILE.entries()) {
      await page.locator(".row.cells").nth(n).click();
      await page.locator(".pane .name", { hasText: `q${n}` }).waitFor();
      const output = page.locator(".pane section.value", { hasText: words.output }).first();
      if (n === 0 || n === 4) expect(await output.innerText()).toContain(text.slice(0, 6));
    }
    found.push(...(await seriousFindings(page)));
    await page.locator("#search").fill("out of range");
    await page.locator(".matching", { hasText: /30/ }).waitFor();
    expect(await page.evaluate("window.pwned")).toBeUndefined();
    expect(await page.locator("#app").locator("script, img, iframe, style").count()).toBe(0);
    expect({ found, faults }).toEqual({ found: [], faults: [] });
    await close();
  });

  test("of a folder of shards shows a line a shard, and no time that nobody waited", async () => {
    const shards = shardsJob(40);
    await runAll(shards, 3, SOME_FAIL);
    expect((await ckpt(shards.folder, ["view", "-o", "shards.html"])).code).toBe(0);
    const { page, faults, close } = await openPage(
      browser,
      `file://${path.join(shards.folder, "shards.html")}`,
      {
        locale: "en-US",
        offline: true,
      },
    );
    await page.getByText("3/3", { exact: true }).waitFor();
    const text = await page.locator("#app").innerText();
    expect(text).toContain("Duration (p50)");
    expect(text).not.toContain("Time worked");
    expect(faults).toEqual([]);
    await close();
  });

  test("holds all results where they fit, else the first ones and all failures", async () => {
    await save("all.html");
    const all = JSON.parse(held("all.html")) as Held;
    expect([all.results, all.items.length]).toEqual([1500, 1500]);
    await save("some.html", ["--rows", "10"]);
    const some = JSON.parse(held("some.html")) as Held;
    expect(some.items.filter(({ row }) => row.status === "failed")).toHaveLength(60);
    expect(some.items.map(({ row }) => row.id).slice(0, 12)).toEqual([
      ..."0123456789".split("").map((n) => `q${n}`),
      "q57",
      "q58",
    ]);
    await save("none.html", ["--rows", "0"]);
    expect((JSON.parse(held("none.html")) as Held).items).toHaveLength(60);
  });

  test("is the same bytes each time, and its own file is replaced", async () => {
    await save("a.html");
    const before = read(folder, "a.html");
    await save("a.html", [], { TZ: "Asia/Tokyo" });
    await save("b.html");
    expect(read(folder, "a.html") === before && read(folder, "b.html") === before).toBe(true);
  });

  test("of an input that is gone says so in both languages, with its path only with --full: the same bytes in each", async () => {
    const gone = await hostileJob(10);
    fs.rmSync(path.join(gone, "in.jsonl"));
    const texts = new Set<string>();
    for (const lang of ["en", "zh"]) {
      expect((await ckpt(gone, ["view", "-o", "gone.html", "--lang", lang])).code).toBe(0);
      texts.add(read(gone, "gone.html"));
    }
    expect(texts.size).toBe(1);
    expect(held("gone.html", gone)).not.toContain(gone);
    for (const [locale, words] of [
      ["en-US", "The input could not be read when this page was saved."],
      ["zh-CN", "保存此页面时无法读取输入。"],
    ] as const) {
      const url = `file://${path.join(gone, "gone.html")}#view=results`;
      const { page, close } = await openPage(browser, url, { locale, offline: true });
      await page.locator(".row.cells").first().click();
      await page.getByText(words).waitFor();
      await close();
    }
    expect((await ckpt(gone, ["view", "-o", "gone.html", "--full"])).code).toBe(0);
    expect(held("gone.html", gone)).toContain(`${path.join(gone, "in.jsonl")} does not exist`);
  });

  test("holds no words of the command and no paths, unless --full", async () => {
    await save("plain.html");
    for (const word of [folder, path.basename(folder), 'answer.ts",', '"host":"v'])
      expect({ word, held: held("plain.html").includes(word) }).toEqual({ word, held: false });
    await save("full.html", ["--full"]);
    expect(held("full.html")).toContain(`"path":"${path.join(folder, "in.jsonl")}"`);
    expect(held("full.html")).toContain('"shown":"answer.ts"');
  });

  test("runs nothing but its own script, and asks nobody", async () => {
    await save("policy.html");
    const policy = /<meta http-equiv="Content-Security-Policy" content="([^"]*)">/.exec(
      read(folder, "policy.html"),
    )?.[1];
    const hash = (text: string): string => new Bun.CryptoHasher("sha256").update(text).digest("base64");
    const script = /<script>([^]*)<\/script>/.exec(read(folder, "policy.html"))?.[1] ?? "";
    const style = /<style>([^]*)<\/style>/.exec(read(folder, "policy.html"))?.[1] ?? "";
    expect(policy?.split("; ")).toEqual([
      "default-src 'none'",
      `script-src 'sha256-${hash(script)}'`,
      `style-src 'sha256-${hash(style)}'`,
      "img-src data:",
      "base-uri 'none'",
      "form-action 'none'",
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
    ]);
  });

  test("a file of somebody else stays, unless --force", async () => {
    fs.writeFileSync(path.join(folder, "mine.html"), "mine");
    const refused = await ckpt(folder, ["view", "-o", "mine.html"]);
    expect({ code: refused.code, text: read(folder, "mine.html") }).toEqual({ code: 12, text: "mine" });
    const input = read(folder, "in.jsonl");
    expect((await ckpt(folder, ["view", "-o", "in.jsonl", "--force"])).code).toBe(2);
    expect(read(folder, "in.jsonl")).toBe(input);
    await save("mine.html", ["--force"]);
    expect(read(folder, "mine.html")).toStartWith("<!doctype html>");
  });

  test("goes to standard output, and is told to programs", async () => {
    const printed = await ckpt(folder, ["view", "-o", "-", "--rows", "3"]);
    expect(printed.out).toStartWith("<!doctype html>");
    const { out } = await ckpt(folder, ["view", "-o", "told.html", "--rows", "3", "--json"]);
    expect(JSON.parse(out)).toMatchObject({
      rows: 63,
      of: 1500,
      output: { path: path.join(folder, "told.html") },
    });
  });
});
