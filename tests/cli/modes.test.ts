// Who may read what ckpt makes: outputs follow the umask like those of any other program, the checkpoint is private.
import { expect, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { ENV, EXECUTABLE, newFolder, writeLines } from "../helpers/ckpt.ts";

const modeOf = (file: string): string => (fs.statSync(file).mode & 0o777).toString(8);

test.each([
  ["002", "664", "775"],
  ["022", "644", "755"],
  ["077", "600", "700"],
  ["000", "666", "777"],
])("with umask %s, outputs and exports have mode %s", (umask, fileMode, folderMode) => {
  const folder = newFolder();
  writeLines(folder, "q.txt", ["a", "b"]);
  const script = [
    `umask ${umask}`,
    'ckpt() { "$0" "$@" --dir jobs/mine -q; }',
    'begin() { seq 2 | "$0" run - --format txt --dir jobs/mine -q -j 1 -o out.csv "$@" -- cat; }',
    "begin --limit 1; ckpt export -o so-far.jsonl && ckpt backup kept && begin",
    '"$0" run q.txt --dir jobs/other -q -- cat',
  ].join("\n");
  const ran = Bun.spawnSync(["sh", "-c", script, EXECUTABLE], { cwd: folder, env: ENV });
  expect({ code: ran.exitCode, err: ran.stderr.toString() }).toMatchObject({ code: 0 });
  const made = ["out.csv", "so-far.jsonl", "q.results.jsonl"].map((name) => path.join(folder, name));
  expect(made.map(modeOf)).toEqual([fileMode, fileMode, fileMode]);
  expect(modeOf(path.join(folder, "jobs"))).toBe(folderMode);
  for (const job of ["mine", "other"]) {
    const dir = path.join(folder, "jobs", job);
    expect(modeOf(dir)).toBe("700");
    for (const entry of fs.readdirSync(dir, { recursive: true, withFileTypes: true })) {
      const name = path.join(entry.parentPath, entry.name);
      expect({ name, mode: modeOf(name) }).toEqual({ name, mode: entry.isDirectory() ? "700" : "600" });
    }
  }
});
