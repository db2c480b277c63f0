import { expect, test } from "bun:test";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { CkptError } from "../../lib/core/errors.ts";
import { type FileSystem, realFileSystem as fs } from "../../lib/io/fs.ts";
import {
  checkOutput,
  freePath,
  isSpecial,
  stageOutput,
  existingFile,
  writeSpecial,
} from "../../lib/output/output-file.ts";
import type { Sink } from "../../lib/output/output-buffer.ts";
import { rejection } from "../helpers/rejection.ts";
import { temporaryFolder } from "../helpers/result-log.ts";

const NONCE = "0a1b2c3d";
const TEXT = "new content\n";
const sha256 = (text: string): string => Bun.SHA256.hash(text, "hex");

async function writeText(sink: Sink): Promise<boolean> {
  return TEXT.split("").every((letter) => sink(Buffer.from(letter)));
}

/** Stages and places. */
async function put(file: string): Promise<string> {
  const staged = await stageOutput(fs, file, NONCE, writeText);
  staged.place();
  return staged.sha256;
}

/** The code of the error that a check throws; null when it lets the output pass. */
function refusal(call: () => void): string | null {
  try {
    call();
    return null;
  } catch (error) {
    if (error instanceof CkptError) return error.code;
    throw error;
  }
}

test("nothing stands in an output's place until it is put there", async () => {
  using folder = temporaryFolder();
  const file = join(folder.path, "out.jsonl");
  const staged = await stageOutput(fs, file, NONCE, writeText);
  expect(readdirSync(folder.path)).toEqual([`.out.jsonl.${NONCE}.ckpt.tmp`]);
  expect(staged).toMatchObject({ written: true, sha256: sha256(TEXT) });
  staged.place();
  expect(readdirSync(folder.path)).toEqual(["out.jsonl"]);
  expect(readFileSync(file, "utf8")).toBe(TEXT);
});

test("what is discarded leaves the old content and nothing else", async () => {
  using folder = temporaryFolder();
  const file = join(folder.path, "out.jsonl");
  writeFileSync(file, "old");
  (await stageOutput(fs, file, NONCE, writeText)).discard();
  expect(readdirSync(folder.path)).toEqual(["out.jsonl"]);
  expect(readFileSync(file, "utf8")).toBe("old");
});

test("a replaced file keeps its mode, a new one has that of the umask", async () => {
  using folder = temporaryFolder();
  const [old, fresh] = [join(folder.path, "old.csv"), join(folder.path, "fresh.csv")];
  writeFileSync(old, "");
  chmodSync(old, 0o666);
  await put(old);
  await put(fresh);
  expect(statSync(old).mode & 0o777).toBe(0o666);
  expect(statSync(fresh).mode & 0o777).toBe(0o644 & ~process.umask());
});

test("behind a symbolic link the file is replaced, not the link", async () => {
  using folder = temporaryFolder();
  mkdirSync(join(folder.path, "far"));
  for (const name of ["there.csv", "missing.csv"]) symlinkSync(`far/${name}`, join(folder.path, name));
  writeFileSync(join(folder.path, "far/there.csv"), "old");
  for (const name of ["there.csv", "missing.csv"]) {
    await put(join(folder.path, name));
    expect(lstatSync(join(folder.path, name)).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(folder.path, "far", name), "utf8")).toBe(TEXT);
  }
});

test("what a killed run left with the same nonce is replaced", async () => {
  using folder = temporaryFolder();
  const file = join(folder.path, "out.jsonl");
  writeFileSync(join(folder.path, `.out.jsonl.${NONCE}.ckpt.tmp`), "a longer text than the new one");
  await put(file);
  expect(readdirSync(folder.path)).toEqual(["out.jsonl"]);
  expect(readFileSync(file, "utf8")).toBe(TEXT);
});

test("a file of another process under the temporary name is not put in place", async () => {
  using folder = temporaryFolder();
  const file = join(folder.path, "out.jsonl");
  const first = await stageOutput(fs, file, NONCE, writeText);
  const second = await stageOutput(fs, file, NONCE, writeText);
  expect(() => first.place()).toThrow(expect.objectContaining({ code: "output.writeFailed" }));
  second.place();
  expect(readFileSync(file, "utf8")).toBe(TEXT);
});

test("a name of 255 bytes can be written", async () => {
  using folder = temporaryFolder();
  const file = join(folder.path, `${"字".repeat(83)}.jsonl`);
  await put(file);
  expect(readFileSync(file, "utf8")).toBe(TEXT);
});

/** A file system of which the Nth call that changes something fails as a full disk does. */
function failingAt(step: number): { readonly fs: FileSystem; readonly failed: () => boolean } {
  let calls = 0;
  const guarded = <A extends readonly unknown[], R>(call: (...args: A) => R): ((...args: A) => R) => {
    return (...args) => {
      calls++;
      if (calls === step) throw Object.assign(new Error("ENOSPC: no space left"), { code: "ENOSPC" });
      return call(...args);
    };
  };
  const failing = {
    ...fs,
    openSync: guarded(fs.openSync),
    writeSync: guarded(fs.writeSync as (...args: unknown[]) => number) as FileSystem["writeSync"],
    fsyncSync: guarded(fs.fsyncSync),
    renameSync: guarded(fs.renameSync),
  };
  return { fs: failing, failed: () => calls >= step };
}

test("when any step fails the old or the new content is there, and nothing else", async () => {
  for (let step = 1; ; step++) {
    using folder = temporaryFolder();
    const file = join(folder.path, "out.jsonl");
    writeFileSync(file, "old");
    const failing = failingAt(step);
    try {
      (await stageOutput(failing.fs, file, NONCE, writeText)).place();
    } catch (error) {
      expect(error).toMatchObject({ code: "output.diskFull", params: { path: file } });
    }
    expect(readdirSync(folder.path)).toEqual(["out.jsonl"]);
    expect(["old", TEXT]).toContain(readFileSync(file, "utf8"));
    if (failing.failed()) continue;
    expect(step).toBeGreaterThan(TEXT.length + 3);
    break;
  }
});

test("an error of who writes is handed on, and nothing is left behind", async () => {
  using folder = temporaryFolder();
  const damaged = new CkptError("checkpoint.damaged", { path: "log", problems: [] });
  const attempt = stageOutput(fs, join(folder.path, "out.jsonl"), NONCE, async (sink) => {
    sink(Buffer.from("some"));
    throw damaged;
  });
  expect(await rejection(attempt)).toBe(damaged);
  expect(readdirSync(folder.path)).toEqual([]);
});

test("a device is written directly, and so is one of the process's own descriptors", async () => {
  using folder = temporaryFolder();
  const file = join(folder.path, "descriptor");
  const fd = openSync(file, "a");
  const device = `/proc/self/fd/${fd}`;
  expect(isSpecial(fs, "/dev/null")).toBe(true);
  expect(isSpecial(fs, device)).toBe(true);
  expect(isSpecial(fs, file)).toBe(false);
  expect(isSpecial(fs, join(folder.path, "missing"))).toBe(false);
  for (const special of ["/dev/null", device]) {
    expect(refusal(() => checkOutput(fs, special, [], null))).toBe(null);
    expect(await writeSpecial(fs, special, writeText)).toBe(true);
  }
  expect(readFileSync(file, "utf8")).toBe(TEXT);
  fs.closeSync(fd);
});

test("a device that takes nothing is an error with its path", async () => {
  expect(await rejection(writeSpecial(fs, "/dev/full", writeText))).toMatchObject({
    code: "output.diskFull",
    params: { path: "/dev/full" },
  });
});

test("what stands at an output's place is told, links followed", () => {
  using folder = temporaryFolder();
  const file = join(folder.path, "out.jsonl");
  const link = join(folder.path, "link.jsonl");
  symlinkSync(file, link);
  for (const path of [file, link]) {
    expect(checkOutput(fs, path, [], null)).toBe(false);
    expect(existingFile(fs, path)).toBe(null);
  }
  writeFileSync(file, "x\n");
  for (const path of [file, link]) {
    expect(checkOutput(fs, path, [], null)).toBe(true);
    expect(existingFile(fs, path)).toEqual({ path, sha256: sha256("x\n") });
  }
});

test("the next free path beside an output has a number", () => {
  using folder = temporaryFolder();
  const file = join(folder.path, "n.results.jsonl");
  expect(freePath(fs, file)).toBe(join(folder.path, "n.results-2.jsonl"));
  writeFileSync(join(folder.path, "n.results-2.jsonl"), "");
  symlinkSync("nowhere", join(folder.path, "n.results-3.jsonl"));
  expect(freePath(fs, file)).toBe(join(folder.path, "n.results-4.jsonl"));
});

test("the input is never replaced, under whatever name and by force neither", () => {
  using folder = temporaryFolder();
  const input = join(folder.path, "input.jsonl");
  const link = join(folder.path, "link.jsonl");
  writeFileSync(input, "{}\n");
  symlinkSync(input, link);
  for (const file of [input, link, `${folder.path}/./input.jsonl`]) {
    expect(refusal(() => checkOutput(fs, file, [input], null))).toBe("output.isInput");
  }
});

test("the checkpoint's own files are never replaced, others in its folder may be", () => {
  using folder = temporaryFolder();
  const dir = join(folder.path, "checkpoints");
  mkdirSync(join(dir, "backups"), { recursive: true });
  symlinkSync(dir, join(folder.path, "link"));
  const check = (name: string): string | null =>
    refusal(() => checkOutput(fs, join(folder.path, name), [], dir));
  expect(check("checkpoints/checkpoint_results.jsonl")).toBe("output.isCheckpoint");
  expect(check("checkpoints/backups/out.jsonl")).toBe("output.isCheckpoint");
  expect(check("link/lock")).toBe("output.isCheckpoint");
  expect(check("checkpoints/questions.results.jsonl")).toBe(null);
  expect(check("lock")).toBe(null);
});

test("an output that could not be written is refused beforehand", () => {
  using folder = temporaryFolder();
  writeFileSync(join(folder.path, "file"), "");
  const check = (file: string): string | null => refusal(() => checkOutput(fs, file, [], null));
  expect(check(folder.path)).toBe("output.notWritable");
  expect(check(join(folder.path, "missing/out.csv"))).toBe("output.noFolder");
  expect(check(join(folder.path, "file/out.csv"))).toBe("output.notWritable");
  symlinkSync("loop.csv", join(folder.path, "loop.csv"));
  expect(check(join(folder.path, "loop.csv"))).toBe("output.notWritable");
});

test("a folder that may not be written is refused beforehand", () => {
  using folder = temporaryFolder();
  const accessSync = (): never => {
    throw Object.assign(new Error("EACCES: permission denied"), { code: "EACCES" });
  };
  const file = join(folder.path, "out.csv");
  expect(refusal(() => checkOutput({ ...fs, accessSync }, file, [], null))).toBe("output.notWritable");
});

test("a full disk is told as such before anything is written, not as a missing right", () => {
  using folder = temporaryFolder();
  const noRoom = (): never => {
    throw Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC" });
  };
  const full = { ...fs, openSync: noRoom } as FileSystem;
  expect(refusal(() => checkOutput(full, join(folder.path, "out.csv"), [], null))).toBe("output.diskFull");
});
