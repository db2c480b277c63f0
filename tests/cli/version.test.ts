// What the program says of itself and of what does not hold here; and that the runtime within it is left alone.
// Needs strace, git.
import { afterEach, describe, expect, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import manifest from "../../package.json" with { type: "json" };
import { ckpt, ENV, EXECUTABLE, newFolder, type Ran, start, writeLines } from "../helpers/ckpt.ts";
import { expectWholeTrace, withStrace } from "../helpers/strace.ts";
import { until } from "../helpers/until.ts";

const ROOT = path.resolve(import.meta.dir, "../..");

type Version = {
  readonly version: string;
  readonly commit: string | null;
  readonly runtime: object;
  readonly platform: object;
  readonly folder: string;
  readonly network: string | null;
  readonly not_promised: readonly { readonly code: string; readonly message: string }[];
};

const read = ({ out }: Ran): Version => JSON.parse(out) as Version;

/** ckpt under strace, with calls on `file` made to fail. */
function injected(cwd: string, file: string, inject: string, args: readonly string[]): Promise<Ran> {
  return withStrace(async () => {
    const child = Bun.spawn(
      ["strace", "-f", "-qq", "-o", "/dev/null", "-P", file, "-e", `inject=${inject}`, EXECUTABLE, ...args],
      {
        cwd,
        env: ENV,
        stdin: "ignore",
        stdout: "pipe",
        stderr: "pipe",
      },
    );
    const [out, err, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
    expectWholeTrace(err);
    return { out, err, code };
  });
}

describe("version", () => {
  test("alone it is the version", async () => {
    for (const words of [["version"], ["version", "--dir", "x"], ["--lang", "zh", "version"]])
      expect(await ckpt(newFolder(), words)).toEqual({ code: 0, out: `ckpt ${manifest.version}\n`, err: "" });
    expect((await ckpt(newFolder(), ["version", "more"])).code).toBe(2);
  });

  test("--json says what it is, of which commit, and on which platform, and changes nothing", async () => {
    const folder = newFolder();
    const ran = await ckpt(folder, ["version", "--json"]);
    expect(ran).toMatchObject({ code: 0, err: "" });
    const said = read(ran);
    const git = Bun.spawnSync(["git", "rev-parse", "HEAD"], { cwd: ROOT, env: ENV });
    const isCheckout = git.success && fs.existsSync(path.join(ROOT, ".git"));
    expect(said.version).toBe(manifest.version);
    // It may have been built before the commit that is there now.
    if (isCheckout) expect(said.commit).toMatch(/^[0-9a-f]{40}(?:-dirty)?$/);
    else expect(said.commit).toBeNull();
    expect(said.runtime).toEqual({ name: "bun", version: manifest.engines.bun });
    expect(said.platform).toEqual({ os: process.platform, arch: process.arch, libc: "glibc" });
    expect(said.folder).toBe(path.join(fs.realpathSync(folder), "checkpoints"));
    expect(fs.readdirSync(folder)).toEqual([]);
  });

  test("--json names what a folder's file system cannot promise, in the language of the screen", async () => {
    const folder = newFolder();
    const args = ["version", "--json", "--dir", path.join(folder, "not", "there")];
    const en = read(await injected(folder, folder, "fsync:error=EINVAL", args));
    const zh = read(await injected(folder, folder, "fsync:error=EINVAL", [...args, "--lang", "zh"]));
    expect(en.not_promised).toContainEqual({
      code: "folder_sync",
      message: expect.stringContaining("power cut"),
    });
    expect(zh.not_promised).toContainEqual({ code: "folder_sync", message: expect.stringContaining("断电") });
    if (fs.statfsSync("/dev/shm").type !== 0x01021994) return;
    const memory = read(await ckpt(folder, ["version", "--json", "--dir", "/dev/shm/checkpoints"]));
    expect(memory.not_promised.map(({ code }) => code)).toContain("memory");
  });
});

describe("a run where folders cannot be synced", () => {
  test.each([
    ["en", "Folders cannot be synced here"],
    ["zh", "此处无法同步目录"],
  ])("says so once when it starts, and goes to its end (%s)", async (lang, note) => {
    const folder = newFolder();
    writeLines(folder, "q.txt", ["a", "b", "c"]);
    fs.mkdirSync(path.join(folder, "c"));
    const args = ["run", "q.txt", "--dir", "c", "-b", "1", "--lang", lang, "-o", "o.jsonl", "--", "/bin/cat"];
    const ran = await injected(folder, path.join(folder, "c"), "fsync:error=EINVAL", args);
    expect(ran.code).toBe(0);
    expect(ran.err.split(note)).toHaveLength(2);
    expect(fs.readFileSync(path.join(folder, "o.jsonl"), "utf8").trim().split("\n")).toHaveLength(3);
  });

  test("where the disk fails it is no gap: nothing is started", async () => {
    const folder = newFolder();
    writeLines(folder, "q.txt", ["a"]);
    fs.mkdirSync(path.join(folder, "c"));
    const args = ["run", "q.txt", "--dir", "c", "--", "/bin/cat"];
    expect((await injected(folder, path.join(folder, "c"), "fsync:error=EIO", args)).code).toBe(1);
  });
});

describe("without the kernel's list of locks", () => {
  const running: Bun.Subprocess[] = [];
  afterEach(() => {
    for (const child of running.splice(0)) child.kill("SIGKILL");
  });

  test("info tells a run that continues from one that was killed", async () => {
    const folder = newFolder();
    writeLines(folder, "q.txt", ["a", "b"]);
    const child = start(folder, ["run", "q.txt", "--", "sleep", "1000"]);
    running.push(child);
    await until(() => fs.existsSync(path.join(folder, "checkpoints/processing_status.json")));
    const holder = async (): Promise<unknown> => {
      const ran = await injected(folder, "/proc/locks", "openat:error=ENOENT", ["info", "--json"]);
      return (JSON.parse(ran.out) as { readonly locked_by: unknown }).locked_by;
    };
    expect(await holder()).toMatchObject({ pid: child.pid });
    child.kill("SIGKILL");
    await child.exited;
    expect(await holder()).toBeNull();
  });
});

describe("BUN_OPTIONS", () => {
  test.each([
    ["en", "env -u BUN_OPTIONS ckpt"],
    ["zh", "env -u BUN_OPTIONS ckpt"],
  ])("is refused by every command, with how to unset it (%s)", async (lang, hint) => {
    const folder = newFolder();
    for (const words of [["--version"], ["--help"], ["info"], ["run", "q.txt", "--", "cat"]]) {
      const ran = await ckpt(folder, ["--lang", lang, ...words], { BUN_OPTIONS: "--smol" });
      expect({ code: ran.code, out: ran.out }).toEqual({ code: 2, out: "" });
      expect(ran.err).toContain("--smol");
      expect(ran.err).toContain(hint);
    }
    const json = await ckpt(folder, ["info", "--json"], { BUN_OPTIONS: "--smol" });
    expect(JSON.parse(json.out)).toMatchObject({ error: { code: "usage.bunOptions" } });
  });

  test.each(["BUN_INSPECT", "BUN_INSPECT_CONNECT_TO"])(
    "%s, which lets a debugger into ckpt, is refused as well",
    async (name) => {
      const folder = newFolder();
      writeLines(folder, "q.txt", ["a"]);
      const value = name === "BUN_INSPECT" ? "127.0.0.1:0/x" : `unix://${folder}/none.sock`;
      const ran = await ckpt(folder, ["run", "q.txt", "--", "cat"], { [name]: value });
      expect(ran.code).toBe(2);
      expect(ran.err).toContain(`Cannot start: ${name} is set ("${value}")`);
      expect(ran.err).toContain(`env -u ${name} ckpt`);
      expect(fs.existsSync(path.join(folder, "checkpoints"))).toBe(false);
    },
  );

  test("empty or blank it changes nothing", async () => {
    for (const value of ["", "  "])
      expect((await ckpt(newFolder(), ["--version"], { BUN_OPTIONS: value })).code).toBe(0);
  });

  test("a command can be given it", async () => {
    const folder = newFolder();
    writeLines(folder, "q.txt", ["a"]);
    const command = ["env", "BUN_OPTIONS=--smol", "sh", "-c", 'echo "$BUN_OPTIONS"'];
    expect((await ckpt(folder, ["run", "q.txt", "-o", "o.jsonl", "--", ...command])).code).toBe(0);
    expect(fs.readFileSync(path.join(folder, "o.jsonl"), "utf8")).toContain('"output":"--smol"');
  });

  test("BUN_BE_BUN acts before ckpt can refuse it, as docs/durability.md says", async () => {
    expect((await ckpt(newFolder(), ["--version"], { BUN_BE_BUN: "1" })).out).toBe(
      `${manifest.engines.bun}\n`,
    );
  });

  test("a Bun that runs the sources may be given some", () => {
    const env = { ...ENV, BUN_OPTIONS: "--smol" };
    const { stdout } = Bun.spawnSync([process.execPath, path.join(ROOT, "cli.ts"), "--version"], { env });
    expect(stdout.toString()).toBe(`ckpt ${manifest.version}\n`);
  });
});
