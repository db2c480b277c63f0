// Does the proof notice faults? Each mutant is one fault put into a copy of the code by exact replacement; the check named for it must fail there.
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import type { Figures, Size } from "./figures.ts";

type Mutant = { readonly name: string; readonly file: string; readonly from: string; readonly to: string };

const ROOT = path.resolve(import.meta.dir, "../..");
const MUTANTS: readonly Mutant[] = [
  { name: "no fdatasync", file: "checkpoint/commit.ts", from: "fs.fdatasyncSync(job.logFd);", to: "" },
  { name: "no folder fsync", file: "checkpoint/commit.ts", from: "syncFolder(fs, folder);", to: "" },
  {
    name: "no status fsync",
    file: "io/file.ts",
    from: "writeAll(fs, fd, bytes);\n    fs.fsyncSync(fd);",
    to: "writeAll(fs, fd, bytes);",
  },
  {
    name: "torn tail neither set aside nor cut",
    file: "checkpoint/recovery.ts",
    from: "scan.fault === null ? 0 : quarantineTail(fs, paths, scan)",
    to: "0",
  },
  {
    name: "restore without intent",
    file: "checkpoint/move.ts",
    from: "replaceFile(fs, paths.intent, Buffer.from(seal(intent)));",
    to: "",
  },
  {
    name: "folders of a move not synced",
    file: "checkpoint/move.ts",
    from: "  syncFolder(fs, paths.backups);\n  for",
    to: "  for",
  },
];

function copyWith(mutant: Mutant): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "ckpt-mutant-"));
  for (const name of ["lib", "tests"])
    fs.cpSync(path.join(ROOT, name), path.join(folder, name), { recursive: true });
  fs.symlinkSync(path.join(ROOT, "node_modules"), path.join(folder, "node_modules"));
  const file = path.join(folder, "lib", mutant.file);
  const source = fs.readFileSync(file, "utf8");
  if (source.split(mutant.from).length !== 2)
    throw new Error(`mutant "${mutant.name}": its text is not in ${mutant.file} exactly once`);
  fs.writeFileSync(
    file,
    source.replace(mutant.from, () => mutant.to),
  );
  return folder;
}

/** All mutants, whatever the size: a check that is not tried proves nothing. */
export async function mutants(_size: Size): Promise<Figures> {
  const figures: { [name: string]: string } = {};
  const faults: string[] = [];
  for (const mutant of MUTANTS) {
    const folder = copyWith(mutant);
    const run = Bun.spawn([process.execPath, "tests/crash/run.ts", "--quick", "crash-states"], {
      cwd: folder,
      stdout: "pipe",
      stderr: "pipe",
    });
    const [text, code] = await Promise.all([run.stdout.text(), run.exited]);
    fs.rmSync(folder, { recursive: true });
    const caught = code !== 0 && text.includes("FAULT crash states");
    figures[mutant.name] = caught ? "caught by crash states" : "not caught";
    if (!caught) faults.push(`${mutant.name} was not caught`);
  }
  return { method: "mutants", figures, faults };
}
