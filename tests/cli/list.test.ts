// `ckpt list`: what each backup is of, which are shown and in which order; `backup --delete` of several.
import { beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { ckpt, newFolder, type Ran, writeLines } from "../helpers/ckpt.ts";

setDefaultTimeout(60_000);

let folder = "";
/** A completed session, a cleared one, and two backups made by hand: `a` smaller than `b`. */
beforeAll(async () => {
  folder = fs.realpathSync(newFolder());
  writeLines(folder, "one.txt", ["x"]);
  writeLines(folder, "two.txt", ["x".repeat(3000), "y".repeat(3000), "z"]);
  await ckpt(folder, ["run", "one.txt", "-q", "-o", "one.csv", "--", "cat"]);
  await ckpt(folder, ["run", "two.txt", "-q", "--limit", "1", "--", "tr", "a", "b"]);
  await ckpt(folder, ["backup", "b", "-q"]);
  await ckpt(folder, ["clear", "--yes", "-q"]);
  await ckpt(folder, ["run", "one.txt", "-q", "--limit", "1", "--shell", "cat; false"]);
  await ckpt(folder, ["backup", "a", "-q"]);
});

const list = (...words: readonly string[]): Promise<Ran> => ckpt(folder, ["list", ...words]);
type Listed = {
  readonly name: string;
  readonly kind: string;
  readonly reason: string;
  readonly bytes: number;
};
async function listed(...words: readonly string[]): Promise<Listed[]> {
  const { code, out, err } = await list(...words, "--json");
  expect({ code, err }).toEqual({ code: 0, err: "" });
  return JSON.parse(out) as Listed[];
}
const namesOf = (backups: readonly Listed[]): string[] => backups.map(({ name }) => name);

describe("list", () => {
  test("names what a backup is of: command, input and output", async () => {
    const { out } = await list();
    expect(out).toMatch(/\nb +.*\n {2}command: tr a b; two\.txt → two\.results\.jsonl\n/);
    expect(out).toMatch(/\n {2}command: cat; one\.txt → one\.csv\n/);
    expect((await list("--lang", "zh")).out).toMatch(/\n {2}命令：tr a b；two\.txt → two\.results\.jsonl\n/);
    expect((await listed()).find(({ name }) => name === "b")).toMatchObject({
      reason: "manual",
      processor: { kind: "command", shown: "tr a b" },
      input: path.join(folder, "two.txt"),
      output: path.join(folder, "two.results.jsonl"),
    });
  });

  test("--kind: by hand, automatic, completed sessions, or several of them", async () => {
    expect(namesOf(await listed("--kind", "manual"))).toEqual(["a", "b"]);
    const automatic = await listed("--kind", "auto");
    expect(automatic.map(({ reason }) => reason)).toEqual(["cleared", "completed"]);
    expect((await listed("--kind", "completed")).map(({ reason }) => reason)).toEqual(["completed"]);
    expect(await listed("--kind", "completed", "--kind", "manual")).toHaveLength(3);
    expect((await list("--kind", "some")).code).toBe(2);
  });

  test("--sort", async () => {
    const newest = namesOf(await listed());
    expect(namesOf(await listed("--sort", "oldest"))).toEqual(newest.toReversed());
    expect(namesOf(await listed("--sort", "name"))).toEqual(newest.toSorted());
    const bytes = (await listed("--sort", "size")).map((backup) => backup.bytes);
    expect(bytes).toEqual(bytes.toSorted((a, b) => b - a));
    expect(namesOf(await listed("--sort", "name", "--kind", "manual"))).toEqual(["a", "b"]);
  });

  test.each([
    ["en", "Deleting all 2 automatic backups would free ", "No backups of that kind.\n"],
    ["zh", "删除全部 2 个自动备份可释放 ", "没有这类备份。\n"],
  ])("says what deleting all automatic ones would free, in %s", async (lang, free, none) => {
    expect((await list("--lang", lang)).out).toContain(`\n\n${free}`);
    expect((await list("--kind", "manual", "--lang", lang)).out).toContain(free);
    const few = fs.realpathSync(newFolder());
    writeLines(few, "one.txt", ["x"]);
    await ckpt(few, ["run", "one.txt", "-q", "--limit", "1", "--", "false"]);
    await ckpt(few, ["backup", "kept", "-q"]);
    expect((await ckpt(few, ["list", "--kind", "auto", "--lang", lang])).out).toBe(none);
    expect((await ckpt(few, ["list", "--lang", lang])).out).not.toContain(free);
  });
});

describe("backup --delete", () => {
  test.each([
    ["names behind it", (names: readonly string[]) => ["--delete", ...names]],
    ["the option again", (names: readonly string[]) => names.flatMap((name) => ["--delete", name])],
  ])("takes several: %s", async (_, words) => {
    const made = fs.realpathSync(newFolder());
    fs.cpSync(folder, made, { recursive: true });
    const left = async (): Promise<string[]> =>
      namesOf(JSON.parse((await ckpt(made, ["list", "--kind", "manual", "--json"])).out) as Listed[]);
    const gone = await ckpt(made, ["backup", ...words(["a", "nope", "b"]), "--yes"]);
    expect(gone.code).toBe(10);
    expect(await left()).toEqual(["a", "b"]);
    const { code, err } = await ckpt(made, ["backup", ...words(["a", "b", "a"]), "--yes"]);
    expect({ code, err }).toEqual({ code: 0, err: "Backups deleted: a, b.\n" });
    expect(await left()).toEqual([]);
  });

  test("--json: the name, or all of them", async () => {
    const made = fs.realpathSync(newFolder());
    fs.cpSync(folder, made, { recursive: true });
    const [completed] = await listed("--kind", "completed");
    const one = await ckpt(made, ["backup", "--delete", completed?.name ?? "", "--yes", "--json"]);
    expect(JSON.parse(one.out)).toEqual({ deleted: completed?.name });
    const two = await ckpt(made, ["backup", "--delete", "b", "a", "--yes", "--json"]);
    expect(JSON.parse(two.out)).toEqual({ deleted: ["b", "a"] });
  });

  test("without --delete there is one name", async () => {
    expect(await ckpt(folder, ["backup", "x", "y"])).toMatchObject({
      code: 2,
      err: expect.stringContaining("y"),
    });
    expect((await listed()).map(({ name }) => name)).not.toContain("x");
  });
});
