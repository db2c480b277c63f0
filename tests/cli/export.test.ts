// `ckpt export`: what it says, what it replaces, and what it leaves alone.
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { ckpt, ENV, EXECUTABLE, newFolder, read, writeLines } from "../helpers/ckpt.ts";
import { crashingFileSystem } from "../helpers/crashing-fs.ts";
import { command } from "../helpers/in-process.ts";

setDefaultTimeout(60_000);

const ITEMS = ["a", "b", "c", "d"];
const RUN = ["-j", "1", "--", "cat"];
const sha256 = (folder: string, name: string): string => Bun.SHA256.hash(read(folder, name), "hex");

/** A folder with a job of four items, two of them done. */
async function begun(): Promise<string> {
  const folder = fs.realpathSync(newFolder());
  writeLines(folder, "q.txt", ITEMS);
  await more(folder);
  return folder;
}

/** Two more items. */
async function more(folder: string, ...options: readonly string[]): Promise<number> {
  return (await ckpt(folder, ["run", "q.txt", "--limit", "2", "-q", ...options, ...RUN])).code;
}

describe("an export to a file", () => {
  test.each([
    ["en", "2 rows written to ", "1 row written to "],
    ["zh", "已写入 2 行：", "已写入 1 行："],
  ] as const)("says how many rows it wrote, in %s", async (lang, two, one) => {
    const folder = await begun();
    const ran = await ckpt(folder, ["export", "-o", "a.csv", "--lang", lang]);
    expect(ran).toEqual({ code: 0, out: "", err: `${two}${folder}/a.csv\n` });
    expect((await ckpt(folder, ["export", "-o", "a.csv", "--lang", lang, "-q"])).err).toBe("");
    writeLines(folder, "one.txt", ["a", "b"]);
    await ckpt(folder, ["run", "one.txt", "--limit", "1", "-q", "--dir", "other", ...RUN]);
    const other = await ckpt(folder, ["export", "--dir", "other", "-o", "b.csv", "--lang", lang]);
    expect(other.err).toStartWith(one);
  });

  test("with --json gives one object; to a device, too", async () => {
    const folder = await begun();
    const ran = await ckpt(folder, ["export", "-o", "a.jsonl", "--json"]);
    expect({ code: ran.code, err: ran.err }).toEqual({ code: 0, err: "" });
    expect(JSON.parse(ran.out)).toEqual({
      session_id: expect.stringMatching(/^\d{8}_\d{6}$/),
      rows: 2,
      output: { path: path.join(folder, "a.jsonl"), sha256: sha256(folder, "a.jsonl") },
    });
    const device = await ckpt(folder, ["export", "-o", "/dev/null", "--json"]);
    expect(JSON.parse(device.out)).toMatchObject({ rows: 2, output: { path: "/dev/null", sha256: null } });
  });

  test("may be repeated while the file is what it wrote, as often as there is more", async () => {
    const folder = await begun();
    for (const rows of [2, 2, 4]) {
      if (rows === 4) expect(await more(folder, "-o", "all.jsonl")).toBe(0);
      expect(await ckpt(folder, ["export", "-o", "a.csv"])).toMatchObject({ code: 0 });
      expect(read(folder, "a.csv").trim().split("\n")).toHaveLength(rows + 1);
    }
  });

  test("replaces what the run has written to that place, and the run what it has exported to its own", async () => {
    const folder = await begun();
    expect((await ckpt(folder, ["export", "-o", "a.csv"])).code).toBe(0);
    expect(await more(folder, "-o", "a.csv")).toBe(0);
    const whole = read(folder, "a.csv");
    expect((await ckpt(folder, ["export", "-o", "a.csv"])).code).toBe(0);
    expect(read(folder, "a.csv")).toBe(whole);
    expect((await ckpt(folder, ["export", "-o", "a.csv", "--include-input"])).code).toBe(0);
    // The completed job's output, which has gone elsewhere since, is put where its results have been exported to.
    expect(await more(folder, "-o", "a.csv")).toBe(0);
    expect(read(folder, "a.csv")).toBe(whole);
  });

  test("leaves alone what is not its own: changed, put back, copied, of another session, or of an unreadable record", async () => {
    const folder = await begun();
    const refused = async (name: string): Promise<void> => {
      const before = read(folder, name);
      const ran = await ckpt(folder, ["export", "-o", name]);
      expect({ name, code: ran.code, hint: ran.err.includes("--force") }).toEqual({
        name,
        code: 12,
        hint: true,
      });
      expect(read(folder, name)).toBe(before);
    };
    await ckpt(folder, ["export", "-o", "a.csv"]);
    fs.copyFileSync(path.join(folder, "a.csv"), path.join(folder, "old.csv"));
    await refused("old.csv");
    expect(await more(folder, "-o", "all.jsonl")).toBe(0);
    await ckpt(folder, ["export", "-o", "a.csv"]);
    const exported = read(folder, "a.csv");
    fs.copyFileSync(path.join(folder, "old.csv"), path.join(folder, "a.csv"));
    await refused("a.csv");
    fs.writeFileSync(path.join(folder, "a.csv"), `${exported}mine\n`);
    await refused("a.csv");
    fs.writeFileSync(path.join(folder, "a.csv"), exported);
    await ckpt(folder, ["run", "q.txt", "--no-resume", "--limit", "2", "-q", "-o", "all.jsonl", ...RUN]);
    await refused("a.csv");
    expect((await ckpt(folder, ["export", "-o", "a.csv", "--force"])).code).toBe(0);
    expect((await ckpt(folder, ["export", "-o", "a.csv"])).code).toBe(0);
    const record = path.join(folder, "checkpoints/last_exports.json");
    expect(fs.statSync(record).mode & 0o777).toBe(0o600);
    fs.writeFileSync(record, "somebody's own\n");
    await refused("a.csv");
    expect((await ckpt(folder, ["export", "-o", "new.csv"])).code).toBe(0);
    expect(fs.readFileSync(record, "utf8")).toBe("somebody's own\n");
  });

  test.each([
    ["run", "run q.txt -q -o PLACE -- cat"],
    ["export", "export -q -o PLACE"],
  ])(
    "%s writes to an open descriptor where that stands: nothing in its file is overwritten",
    async (_, words) => {
      const folder = newFolder();
      writeLines(folder, "q.txt", ["a", "b"]);
      expect((await ckpt(folder, ["run", "q.txt", ...RUN])).code).toBe(0);
      for (const [place, redirection] of [
        ["/dev/stdout", "> all"],
        ["/dev/fd/1", ">> all"],
        ["/dev/fd/7", "7> all"],
      ]) {
        fs.rmSync(path.join(folder, "all"), { force: true });
        const [fd = "1"] = /^\d/.exec(redirection ?? "") ?? [];
        const line = `{ echo before >&${fd}; "$0" ${words.replace("PLACE", place ?? "")}; echo after >&${fd}; } ${redirection}`;
        const { exitCode, stderr } = Bun.spawnSync(["sh", "-c", line, EXECUTABLE], { cwd: folder, env: ENV });
        expect({ line, exitCode, err: stderr.toString() }).toEqual({ line, exitCode: 0, err: "" });
        const [before, ...results] = read(folder, "all").trim().split("\n");
        expect({ line, before, after: results.pop(), results: results.length }).toEqual({
          line,
          before: "before",
          after: "after",
          results: 2,
        });
      }
    },
  );

  test("never replaces the input, under whatever name, by --force neither", async () => {
    const folder = newFolder();
    const input = writeLines(folder, "q.jsonl", ['{"q":1}', '{"q":2}']);
    fs.symlinkSync(input, path.join(folder, "link.jsonl"));
    fs.linkSync(input, path.join(folder, "same.jsonl"));
    expect((await ckpt(folder, ["run", "q.jsonl", "-o", "r.jsonl", ...RUN])).code).toBe(0);
    for (const name of ["q.jsonl", "link.jsonl", "same.jsonl"])
      for (const option of ["--include-input", "--bom"]) {
        const ran = await ckpt(folder, ["export", "-o", name, "--force", option]);
        expect({ name, option, code: ran.code, err: ran.err }).toMatchObject({
          code: 2,
          err: expect.stringContaining("it is the input"),
        });
      }
    expect(read(folder, "q.jsonl")).toBe('{"q":1}\n{"q":2}\n');
  });

  test("can be repeated after it was killed before any of its calls", async () => {
    const folder = await begun();
    await ckpt(folder, ["export", "-o", "a.jsonl"]);
    expect(await more(folder, "-o", "all.jsonl")).toBe(0);
    const place = fs.mkdtempSync(path.join(folder, "sweep-"));
    let calls = 0;
    for (let struck = true; struck; calls++) {
      for (const name of ["checkpoints", "a.jsonl"])
        fs.cpSync(path.join(folder, name), path.join(place, name), { recursive: true });
      // Where the record says the file lies.
      const record = path.join(place, "checkpoints/last_exports.json");
      fs.rmSync(record);
      expect((await command(place, ["export", "-o", "a.jsonl", "--force"])).code).toBe(0);
      const watched = crashingFileSystem(calls + 1);
      await command(place, ["export", "-o", "a.jsonl", "--include-input"], watched);
      struck = watched.struck();
      const again = await command(place, ["export", "-o", "a.jsonl"]);
      expect({ calls, code: again.code, err: again.err }).toEqual({
        calls,
        code: 0,
        err: `4 rows written to ${place}/a.jsonl\n`,
      });
      fs.rmSync(path.join(place, "checkpoints"), { recursive: true });
    }
    expect(calls).toBeGreaterThan(20);
  });

  test("removes what a killed export has left of its record, and nothing else", async () => {
    const folder = await begun();
    const left = "last_exports.json.0b8f1c3e-0000-4000-8000-000000000000.tmp";
    writeLines(folder, `checkpoints/${left}`, ["{"]);
    writeLines(folder, "checkpoints/last_exports.json.mine", ["x"]);
    expect((await ckpt(folder, ["export", "-o", "a.jsonl"])).code).toBe(0);
    const names = fs.readdirSync(path.join(folder, "checkpoints"));
    expect(names).not.toContain(left);
    expect(names).toContain("last_exports.json.mine");
    expect(names.filter((name) => name.endsWith(".tmp"))).toEqual([]);
    expect((await ckpt(folder, ["export", "-o", "a.jsonl"])).code).toBe(0);
  });

  test("is remembered for the last hundred files", async () => {
    const folder = await begun();
    for (let i = 0; i <= 100; i++) await command(folder, ["export", "-o", `e${i}.csv`]);
    expect((await command(folder, ["export", "-o", "e0.csv"])).code).toBe(12);
    expect((await command(folder, ["export", "-o", "e1.csv"])).code).toBe(0);
    expect(fs.readdirSync(path.join(folder, "checkpoints")).filter((name) => name.endsWith(".tmp"))).toEqual(
      [],
    );
  });
});

describe("an export to standard output", () => {
  test("is JSON lines; with --json one array", async () => {
    const folder = await begun();
    const lines = await ckpt(folder, ["export"]);
    expect(lines.err).toBe("");
    const items = lines.out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(items).toHaveLength(2);
    for (const words of [
      ["export", "--json"],
      ["export", "--json", "-o", "-"],
    ]) {
      const array = await ckpt(folder, words);
      expect(JSON.parse(array.out)).toEqual(items);
      expect({ code: array.code, err: array.err }).toEqual({ code: 0, err: "" });
    }
  });
});

test("a folder is one without a slash, too, unless a backup has its name", async () => {
  const folder = newFolder();
  for (const name of ["one", "two"]) {
    writeLines(folder, `${name}.txt`, [name]);
    expect((await ckpt(folder, ["run", `${name}.txt`, "--dir", name, "-q", "--", "cat"])).code).toBe(0);
  }
  const exported = async (...words: readonly string[]): Promise<string> =>
    (await ckpt(folder, ["export", ...words, "-o", "-"])).out;
  expect(await exported("one")).toContain('"output":"one"');
  const completed = fs.readdirSync(path.join(folder, "two/backups"))[0] ?? "";
  fs.renameSync(path.join(folder, "two/backups", completed), path.join(folder, "two/backups/one"));
  expect(await exported("one", "--dir", "two")).toContain('"output":"two"');
  expect(await exported("./one", "--dir", "two")).toContain('"output":"one"');
});

describe("a run that was stopped early", () => {
  test.each([
    ["en", "To write the results so far: "],
    ["zh", "导出已有结果："],
  ] as const)("names the export that writes what it would have written, in %s", async (lang, label) => {
    const folder = newFolder();
    writeLines(folder, "q.txt", ITEMS);
    const cases: readonly (readonly [options: readonly string[], command: string])[] = [
      [["-o", "sig.csv"], "export -o sig.csv"],
      [[], "export -o q.results.jsonl"],
      [["-o", "-"], "export"],
      [
        ["-o", "a b.tsv", "--include-input", "--bom", "--dir", "it's"],
        "export -o 'a b.tsv' --include-input --bom --dir 'it'\\''s'",
      ],
    ];
    for (const [options, words] of cases) {
      const run = ["run", "q.txt", "--limit", "1", "--lang", lang, ...options, "-j", "1"];
      const ran = await ckpt(folder, [...run, "--", "cat"]);
      expect(ran).toMatchObject({ code: 4, out: "" });
      expect(ran.err).toContain(`  ${label}${EXECUTABLE} ${words}\n`);
      const line = ran.err.split("\n").find((one) => one.includes(label)) ?? "";
      const exported = Bun.spawnSync(["sh", "-c", line.slice(line.indexOf(EXECUTABLE))], {
        cwd: folder,
        env: ENV,
      });
      expect(exported.exitCode).toBe(0);
    }
  });

  test("has it as export_command with --json; one that wrote its results, or has none, has null", async () => {
    const folder = newFolder();
    writeLines(folder, "q.txt", ITEMS);
    const summary = async (...words: readonly string[]): Promise<unknown> =>
      JSON.parse((await ckpt(folder, ["run", "q.txt", "--json", "-j", "1", ...words])).out).export_command;
    expect(await summary("-o", "x.csv", "--", "sh", "-c", "exit 127")).toBeNull();
    const limited = ["-o", "x.csv", "--limit", "1", "--no-resume", "--", "cat"];
    expect(await summary(...limited)).toBe(`${EXECUTABLE} export -o x.csv`);
    expect(await summary("-o", "x.csv", "--", "cat")).toBeNull();
    expect(await summary("-o", "x.csv", "--", "cat")).toBeNull();
  });
});
