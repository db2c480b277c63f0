// `ckpt show`: the newest results, one item whole, failures by reason.
import { beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { ckpt, newFolder, type Ran, writeLines } from "../helpers/ckpt.ts";
import { shell } from "../helpers/shell.ts";

setDefaultTimeout(60_000);

const ITEMS = Array.from({ length: 12 }, (_, i) => `{"id":"q${i + 1}","n":${i + 1}.0}`);
/** Items 3, 6, 9 fail with a number in the message, item 5 in another way until it is fixed. Item 4 needs three attempts. */
const SCRIPT = `case {id} in
q3|q6|q9) echo "bad number {n}" >&2; exit 7;;
q5) if [ -e fixed ]; then echo five; else echo "no such thing" >&2; exit 8; fi;;
q4) echo x >> tries; if [ $(wc -l < tries) -lt 3 ]; then echo "busy, try again" >&2; exit 9; fi; printf 'four\\nlines\\n  of\\ntext\\n';;
*) echo "Result of {id}"; echo "a warning" >&2;;
esac`;

let folder = "";
const RUN = ["run", "q.jsonl", "--id", "id", "-j", "1", "--retry-delay", "1ms", "--retries", "2", "-q"];
beforeAll(async () => {
  folder = fs.realpathSync(newFolder());
  writeLines(folder, "q.jsonl", ITEMS);
  await ckpt(folder, [...RUN, "--limit", "11", "--shell", SCRIPT]);
  // Item 5 is tried again, and succeeds.
  writeLines(folder, "fixed", []);
  expect((await ckpt(folder, [...RUN, "--shell", SCRIPT])).code).toBe(3);
});

const show = (...words: readonly string[]): Promise<Ran> => ckpt(folder, ["show", ...words]);
type Shown = { readonly item: string; readonly status: string; readonly [name: string]: unknown };
async function shown(...words: readonly string[]): Promise<Shown[]> {
  const { code, out, err } = await show(...words, "--json");
  expect({ code, err }).toEqual({ code: 0, err: "" });
  return JSON.parse(out) as Shown[];
}
const itemsOf = (found: readonly Shown[]): string[] => found.map(({ item }) => item);

describe("without words", () => {
  test("the newest results, each item once, by its newest result", async () => {
    const all = await shown();
    expect(itemsOf(all).toSorted()).toEqual(
      itemsOf(all)
        .filter((item, at, list) => list.indexOf(item) === at)
        .toSorted(),
    );
    expect(all.map(({ seq }) => seq)).toEqual(all.map(({ seq }) => Number(seq)).toSorted((a, b) => b - a));
    expect(itemsOf(await shown("--limit", "2"))).toEqual(itemsOf(all).slice(0, 2));
  });

  test.each([
    [
      ["--status", "failed"],
      ["q3", "q6", "q9"],
    ],
    [["--status", "ok", "--grep", "four"], ["q4"]],
    [
      ["--grep", "RESULT OF Q1"],
      ["q1", "q10", "q11", "q12"],
    ],
    [["--grep", "bad number 6"], ["q6"]],
    [["--grep", "lines\n  of"], ["q4"]],
    [["--grep", "nowhere"], []],
  ])("%j", async (words, items) => {
    expect(itemsOf(await shown(...words)).toSorted()).toEqual(items.toSorted());
  });

  test.each([
    ["en", ["Item", "q9", "failed", "bad number 9", "One item whole: "]],
    ["zh", ["条目", "q9", "失败", "（exit）：", "bad number 9", "查看单个条目的全部内容："]],
  ])("a table, in %s", async (lang, texts) => {
    const { code, out } = await show("--status", "failed", "--lang", lang);
    expect(code).toBe(0);
    for (const text of texts) expect(out).toContain(text);
    expect(out).not.toContain("q1 ");
  });

  test("fits the terminal", async () => {
    const long = fs.realpathSync(newFolder());
    writeLines(long, "q.txt", ["x".repeat(500), "答".repeat(500)]);
    await ckpt(long, ["run", "q.txt", "-q", "--", "cat"]);
    const { out } = await ckpt(long, ["show"]);
    const widths = out.split("\n").map((line) => Bun.stringWidth(line));
    expect(Math.max(...widths)).toBeLessThanOrEqual(160);
    expect(out).toContain("…");
  });

  test("no results, and no checkpoint", async () => {
    const empty = newFolder();
    expect((await ckpt(empty, ["show"])).code).toBe(10);
    expect((await show("--status", "pending")).err).toContain("ok, failed");
    expect((await show("--grep", "nowhere")).out).toBe("No results.\n");
    expect((await show("--grep", "nowhere", "--lang", "zh")).out).toBe("没有结果。\n");
  });
});

describe("an item", () => {
  test("by its id or its number: the same", async () => {
    const [byId] = await shown("q4");
    for (const word of ["4", "#4"]) expect(await shown(word)).toEqual(byId === undefined ? [] : [byId]);
    expect(itemsOf(await shown("q1", "#3"))).toEqual(["q1", "q3"]);
  });

  test("its output stands whole, with every attempt and its reason", async () => {
    const { out } = await show("q4");
    expect(out).toContain("\nOutput\n  four\n  lines\n    of\n  text\n");
    expect(out).toContain('\nInput\n  {"id":"q4","n":4.0}\n');
    expect(out).toMatch(/ok after 3 attempts in .*fingerprint [0-9a-f]{8}/);
    expect(out).toMatch(/attempt 1: exit: .*busy, try again.*; took .*; waited /);
    expect(out).toMatch(/attempt 2: exit: .*busy, try again/);
    const chinese = (await show("q4", "--lang", "zh")).out;
    for (const text of ["q4（#4）：成功", "\n输出\n  four\n", "第 1 次尝试：", "；用时 ", "等待 "])
      expect(chinese).toContain(text);
  });

  test("every result of every run, and standard error of a failure", async () => {
    const [five] = await shown("q5");
    expect(five).toMatchObject({
      status: "ok",
      index: 4,
      input: { id: "q5", n: 5 },
      changed: false,
      results: [
        { status: "failed", error: { kind: "exit", status: 8 } },
        { status: "ok", output: "five" },
      ],
    });
    const { out } = await show("q9");
    expect(out).toContain("\nStandard error\n  bad number 9");
    expect(out).toMatch(/failed after 3 attempts/);
  });

  test("its number stands as it can be typed", async () => {
    const many = newFolder();
    writeLines(
      many,
      "q.jsonl",
      Array.from({ length: 1001 }, (_, n) => JSON.stringify({ id: `i${n + 1}` })),
    );
    await ckpt(many, ["run", "q.jsonl", "--id", "id", "--limit", "1", "-q", "--", "cat"]);
    expect((await ckpt(many, ["show", "#1001"])).out).toStartWith("i1001 (#1001): pending\n");
  });

  test("one without a result is pending; one that does not exist is refused with the nearest", async () => {
    const begun = fs.realpathSync(newFolder());
    writeLines(begun, "q.jsonl", ITEMS);
    await ckpt(begun, ["run", "q.jsonl", "--id", "id", "--limit", "1", "-q", "--", "cat"]);
    for (const word of ["q12", "12", "#12"]) {
      const { out } = await ckpt(begun, ["show", word, "--json"]);
      expect(JSON.parse(out)).toMatchObject([
        { item: "q12", status: "pending", input: { id: "q12" }, results: [] },
      ]);
      expect((await ckpt(begun, ["show", word])).out).toStartWith("q12 (#12): pending\n");
    }
    expect(await show("q44")).toMatchObject({ code: 2, err: expect.stringContaining("q4") });
    expect(await show("#99")).toMatchObject({ code: 2 });
    expect((await show("q4", "--failures")).code).toBe(2);
    expect((await show("q4", "--grep", "x")).code).toBe(2);
  });

  test("digits stay as they are written", async () => {
    expect((await show("q4", "--json")).out).toContain('"n":4.0');
  });

  test("when the input has changed or is gone, results are found all the same", async () => {
    const moved = fs.realpathSync(newFolder());
    writeLines(moved, "q.txt", ["one", "two", "three"]);
    const cat = ["-j", "1", "-q", "--", "cat"];
    await ckpt(moved, ["run", "q.txt", "--limit", "2", ...cat]);
    writeLines(moved, "q.txt", ["zero", "one", "two", "three"]);
    await ckpt(moved, ["run", "q.txt", "--limit", "1", ...cat]);
    const second = JSON.parse((await ckpt(moved, ["show", "2", "--json"])).out) as Shown[];
    expect(second).toMatchObject([{ index: 1, input: "one", results: [{ output: "one", index: 0 }] }]);
    fs.rmSync(path.join(moved, "q.txt"));
    const gone = await ckpt(moved, ["show"]);
    expect(gone.out).toContain("two");
  });

  test("an item with line ends and control characters cannot change the screen", async () => {
    const other = fs.realpathSync(newFolder());
    writeLines(other, "q.jsonl", ['{"id":"a\\u001b[2J","t":"x"}']);
    await ckpt(other, ["run", "q.jsonl", "--id", "id", "-q", "--", "printf", "\\033[31mred\\nline"]);
    for (const words of [["show"], ["show", "1"]]) {
      const { out } = await ckpt(other, words);
      expect(out).not.toContain("\u001b");
      expect(out).toContain("\\x1b[31mred");
    }
  });
});

describe("--failures", () => {
  test("by reason, with counts, examples, and the command that tries them again", async () => {
    const { out } = await show("--failures", "--json");
    expect(JSON.parse(out)).toEqual({
      failed: 3,
      groups: [
        {
          kind: "exit",
          count: 3,
          examples: [9, 6, 3].map((n) => ({
            item: `q${n}`,
            index: n - 1,
            message: expect.stringContaining(`bad number ${n}`),
          })),
          rerun_command: expect.stringMatching(/ckpt run --rerun exit$/),
        },
      ],
      retry_command: expect.stringMatching(/ckpt run$/),
    });
    const text = (await show("--failures")).out;
    expect(text).toStartWith("3 items failed, for 1 reason.\n\nexit × 3\n  q9: ");
    expect(text).toMatch(
      /\n {2}Run these again: .*ckpt run --rerun exit\n\nRetry all failed items: .*ckpt run\n$/,
    );
    const chinese = (await show("--failures", "--lang", "zh")).out;
    expect(chinese).toContain("失败，原因 1 种。");
    expect(chinese).toContain("重试全部失败的条目：");
  });

  describe("a command for each reason runs just its items again", () => {
    /** Two reasons of one kind, and one of another; what is attempted is noted. */
    const SCRIPT_OF_KINDS = `echo {} >> tried; case {} in
*a) echo "no 'key' in {} (\\$x|y)" >&2; exit 7;;
*b) echo "no luck with {}" >&2; exit 7;;
*c) kill -9 $$;;
*) echo fine;;
esac`;
    const NO_KEY = String.raw`'error~^exit: exit status .*: no .* in .*a \(\$x\|' `;
    const NO_LUCK = "'error~^exit: exit status .*: no luck with";
    type Group = { readonly kind: string; readonly rerun_command: string };

    test.each<[what: string, count: number, words: readonly string[], first: string, second: string]>([
      ["few items with ids", 3, ["--id", "_line", "-j", "1"], "1,5,9 ", "2,6,10 "],
      ["many items", 13, ["--id", "_line", "-j", "8"], NO_KEY, NO_LUCK],
      ["items without ids", 2, [], NO_KEY, NO_LUCK],
    ])("%s", async (_what, count, words, first, second) => {
      const place = fs.realpathSync(newFolder());
      const items = Array.from({ length: count }, (_, n) => ["a", "b", "c", "d"].map((end) => `${n}${end}`));
      writeLines(place, "q.txt", items.flat());
      const run = ["run", "q.txt", ...words, "--dir", "of it", "-q", "--shell", SCRIPT_OF_KINDS];
      expect((await ckpt(place, run)).code).toBe(3);
      const shownWith = (...more: readonly string[]): Promise<Ran> =>
        ckpt(place, ["show", "--failures", "--dir", "of it", ...more]);
      const { groups } = JSON.parse((await shownWith("--json")).out) as { readonly groups: readonly Group[] };
      const text = (await shownWith()).out;
      const rerun = new Map<string, string>();
      for (const { rerun_command: command } of groups) {
        expect(text).toContain(`Run these again: ${command}\n`);
        fs.rmSync(path.join(place, "tried"));
        expect((await shell(place, `${command} -q`)).code).toBe(3);
        const tried = fs.readFileSync(path.join(place, "tried"), "utf8").trim().split("\n");
        const end = tried[0]?.at(-1) ?? "";
        expect(tried.toSorted()).toEqual(Array.from({ length: count }, (_, n) => `${n}${end}`).toSorted());
        rerun.set(end, command.slice(command.indexOf("--rerun ") + "--rerun ".length));
      }
      expect([...rerun.keys()].toSorted()).toEqual(["a", "b", "c"]);
      expect(rerun.get("a")).toStartWith(first);
      expect(rerun.get("b")).toStartWith(second);
      expect(rerun.get("c")).toStartWith("signal ");
    });

    test("of a backup there is none: run does not go on with it", async () => {
      await ckpt(folder, ["backup", "for_failures", "-q"]);
      const { out } = await show("--failures", "--from", "for_failures", "--json");
      expect(JSON.parse(out)).toMatchObject({ groups: [{ rerun_command: null }], retry_command: null });
    });
  });

  test("none", async () => {
    const fine = fs.realpathSync(newFolder());
    writeLines(fine, "q.txt", ["a"]);
    await ckpt(fine, ["run", "q.txt", "-q", "--", "cat"]);
    expect((await ckpt(fine, ["show", "--failures"])).out).toBe("No item has failed.\n");
    expect((await ckpt(fine, ["show", "--failures", "--lang", "zh"])).out).toBe("没有失败的条目。\n");
  });
});

test("a backup, or a folder, without restoring it", async () => {
  await ckpt(folder, ["backup", "kept", "-q"]);
  const all = (await show("--json")).out;
  for (const word of ["kept", "./checkpoints"]) expect((await show("--from", word, "--json")).out).toBe(all);
  expect((await show("--from", "kept")).out).toEndWith("show ITEM --from kept\n");
});

test("ids of items are completed", async () => {
  const { out } = await ckpt(folder, ["__complete", "bash", "=", "ckpt show q1"]);
  expect(out).toContain("q10");
});
