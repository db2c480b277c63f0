// Commands that are printed to be copied do what they say: they name the program as it was typed, and the checkpoint that was meant.
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { ckpt, ENV, EXECUTABLE, newFolder, read, writeLines } from "../helpers/ckpt.ts";

setDefaultTimeout(60_000);

const DIR = "the results";
const ELSEWHERE = ["--dir", DIR];
const CHECKOUT = path.resolve(import.meta.dir, "../..");

/** The printed command that begins with these words, and the rest of its line. */
function printed(text: string, words: string): string {
  const at = text.indexOf(words);
  expect({ text, words, isThere: at >= 0 }).toMatchObject({ isThere: true });
  return text.slice(at).split(/ \(the|（|。|\.?\n|\. /)[0] ?? "";
}

function shell(folder: string, line: string): { readonly code: number; readonly out: string } {
  const { exitCode, stdout } = Bun.spawnSync(["sh", "-c", line], { cwd: folder, env: ENV });
  return { code: exitCode, out: stdout.toString() };
}

async function begun(): Promise<string> {
  const folder = newFolder();
  writeLines(folder, "q.txt", ["1", "2", "3"]);
  const run = ["run", "q.txt", "--limit", "2", "-b", "1", "-j", "1", "-q"];
  expect((await ckpt(folder, [...run, "--", "cat"])).code).toBe(4);
  expect((await ckpt(folder, [...run, ...ELSEWHERE, "--", "cat"])).code).toBe(4);
  return folder;
}

function damage(folder: string): void {
  const log = path.join(folder, DIR, "checkpoint_results.jsonl");
  const bytes = fs.readFileSync(log);
  bytes[60] = (bytes[60] ?? 0) ^ 1;
  fs.writeFileSync(log, bytes);
}

describe.each([["en"], ["zh"]])("in %s, of a checkpoint that --dir names:", (lang) => {
  const say = (folder: string, ...words: readonly string[]): ReturnType<typeof ckpt> =>
    ckpt(folder, [...words, ...ELSEWHERE, "--lang", lang]);

  test("what brings back a checkpoint that was cleared", async () => {
    const folder = await begun();
    const cleared = await say(folder, "clear", "--yes");
    expect(shell(folder, `${printed(cleared.err, `${EXECUTABLE} restore`)} --yes`).code).toBe(0);
    expect(fs.existsSync(path.join(folder, DIR, "checkpoint_results.jsonl"))).toBe(true);
  });

  test("what shows all backups, where one is not found", async () => {
    const folder = await begun();
    expect((await say(folder, "backup", "mine")).code).toBe(0);
    const { err } = await say(folder, "restore", "yours");
    expect(shell(folder, printed(err, `${EXECUTABLE} list`)).out).toContain("mine");
  });

  test("what shows, repairs and replaces a damaged checkpoint", async () => {
    const folder = await begun();
    expect((await say(folder, "backup", "mine")).code).toBe(0);
    damage(folder);
    const { err } = await say(folder, "export");
    const verified = shell(folder, printed(err, `${EXECUTABLE} verify`));
    expect(verified).toEqual({ code: 12, out: (await ckpt(folder, ["verify", ...ELSEWHERE])).out });
    expect(shell(folder, `${printed(verified.out, `${EXECUTABLE} restore mine`)} --yes`).code).toBe(0);
    expect((await say(folder, "verify")).code).toBe(0);
    damage(folder);
    expect(shell(folder, `${printed(verified.out, `${EXECUTABLE} verify --repair`)} --yes`).code).toBe(0);
    expect((await say(folder, "verify")).code).toBe(0);
  });

  test("a repair does not tell to repair", async () => {
    const folder = await begun();
    damage(folder);
    const repaired = await say(folder, "verify", "--repair", "--yes");
    expect(repaired.code).toBe(0);
    expect(repaired.err).not.toContain("--repair");
  });
});

test("from the sources it is their program that is named", async () => {
  const folder = newFolder();
  const cli = path.relative(fs.realpathSync(folder), path.join(CHECKOUT, "cli.ts"));
  const { stderr } = Bun.spawnSync([process.execPath, cli, "restore", "mine"], { cwd: folder, env: ENV });
  expect(stderr.toString()).toMatch(/ (?:\S*bun\S*|npx --yes bun@\S+) \S*cli\.ts list\n/);
});

test("a settings file that names the folder is named again", async () => {
  const folder = await begun();
  writeLines(folder, "ckpt.toml", [`dir = "${DIR}"`]);
  const words = ["clear", "--yes", "--config", "ckpt.toml"];
  const { code, err } = await ckpt(folder, words);
  expect(code).toBe(0);
  expect(shell(folder, `${printed(err, `${EXECUTABLE} restore`)} --yes`).code).toBe(0);
  expect(read(folder, `${DIR}/checkpoint_results.jsonl`)).not.toBe("");
});
