// The command that goes on is one that can be typed: as ckpt was called, or from the sources by a Bun that is there without the package runner that
// brought it.
import { describe, expect, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { ENV, EXECUTABLE, newFolder, writeLines } from "../helpers/ckpt.ts";

const CLI = path.resolve(import.meta.dir, "../../cli.ts");
const SYSTEM = "/usr/bin:/bin";

/** A job of two items, and folders with the programs of a machine and of a package runner. */
function machine(programs: { readonly [folder: string]: readonly string[] }): string {
  const folder = fs.realpathSync(newFolder());
  writeLines(folder, "q.txt", ["a", "b"]);
  for (const [name, files] of Object.entries(programs)) {
    const bin = path.join(folder, name);
    fs.mkdirSync(bin, { recursive: true });
    for (const file of files) {
      // `npx --yes bun@VERSION …` as npm understands it, without npm.
      const script = file === "npx" ? '#!/bin/sh\nshift 2\nexec "$BUN" "$@"\n' : null;
      if (script === null)
        fs.symlinkSync(file === "bun" ? process.execPath : EXECUTABLE, path.join(bin, file));
      else fs.writeFileSync(path.join(bin, file), script, { mode: 0o755 });
    }
  }
  return folder;
}

/** Stops a run after one item; gives back the command that goes on. */
function resumeCommand(folder: string, program: readonly string[], bins: readonly string[]): string {
  const PATH = [...bins.map((bin) => path.join(folder, bin)), "/nowhere"].join(":");
  const [argv0 = "", ...script] = program;
  const words = [...script, "run", "q.txt", "--limit", "1", "--json", "--", "/bin/cat"];
  const ran = Bun.spawnSync(["/bin/sh", "-c", 'exec "$@"', "sh", argv0, ...words], {
    cwd: folder,
    env: { ...ENV, PATH },
  });
  expect(ran.exitCode).toBe(4);
  const { resume_command: resume } = JSON.parse(ran.stdout.toString()) as { resume_command: string };
  return resume.replace("--limit 1 ", "");
}

/** Types a command where the package runner's folders are not there any more. */
function type(folder: string, command: string): number {
  const env = { ...ENV, PATH: `${path.join(folder, "bin")}:${SYSTEM}`, BUN: process.execPath };
  return Bun.spawnSync(["/bin/sh", "-c", command], { cwd: folder, env }).exitCode;
}

describe("from the sources", () => {
  const BUN = process.execPath;
  const RUNNER = "cache/node_modules/.bin";

  test.each([
    ["bun is installed", { bin: ["bun", "npx"] }, "bun"],
    ["bun was brought by npx", { bin: ["npx"], [RUNNER]: ["bun"] }, `npx --yes bun@${Bun.version}`],
    ["bun is neither", { bin: [], [RUNNER]: ["bun"] }, BUN],
  ])("%s", (_name, programs, expected) => {
    const folder = machine(programs);
    const command = resumeCommand(folder, [BUN, CLI], [RUNNER, "bin"]);
    expect(command).toBe(`${expected} ${path.relative(folder, CLI)} run q.txt --json -- /bin/cat`);
    // A real Bun may stand in the system's own folders: what is typed has to work, by whatever is there.
    expect(type(folder, command)).toBe(0);
  });
});

describe("the executable", () => {
  test.each([
    ["called by a path", "./bin/ckpt", "./bin/ckpt"],
    ["called by its name", "ckpt", "ckpt"],
    ["called by a name that only a package script knows", "packed", EXECUTABLE],
  ])("%s", (_name, argv0, expected) => {
    const folder = machine({ bin: ["ckpt"], "node_modules/.bin": ["packed"] });
    const command = resumeCommand(folder, [argv0], ["node_modules/.bin", "bin"]);
    expect(command).toBe(`${expected} run q.txt --json -- /bin/cat`);
    expect(type(folder, command)).toBe(0);
  });
});
