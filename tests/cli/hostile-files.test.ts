// A checkpoint folder in which others have put links and folders of their own: nothing outside it is written, cut, or removed.
// Needs python3.
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { checkpointPaths, isLeftover } from "../../lib/checkpoint/names.ts";
import { ckpt, ENV, EXECUTABLE, newFolder, type Ran, writeLines } from "../helpers/ckpt.ts";
import { tree } from "../helpers/in-process.ts";

setDefaultTimeout(60_000);

const FILES: readonly string[] = [
  ...Object.values(checkpointPaths("")).filter((name) => path.basename(name).includes(".") && name !== "."),
  "lock",
  ...["processing_status.json", "last_run.json", "intent.json", "recovering.jsonl", "probe.json"].map(
    (name) => `${name}.tmp`,
  ),
];

function newRun(folder: string = newFolder()): {
  readonly folder: string;
  readonly dir: string;
  readonly victim: string;
} {
  writeLines(folder, "q.txt", ["a", "b", "c"]);
  const [dir, victim] = [path.join(folder, "checkpoints"), path.join(folder, "victim")];
  fs.mkdirSync(dir, { mode: 0o700 });
  return { folder, dir, victim };
}

const RUN = ["run", "q.txt", "--yes", "-j", "1"];

describe.each(FILES)("a link in the place of %s", (name) => {
  test.each(["a file", "nothing"])(
    "to %s is not followed: it is refused by name, or is replaced",
    async (what) => {
      const { folder, dir, victim } = newRun();
      if (what === "a file") fs.writeFileSync(victim, "precious");
      fs.symlinkSync("../victim", path.join(dir, name));
      const calls = [
        [...RUN, "--limit", "1", "--", "echo", "{}"],
        ["backup", "mine"],
        ["verify", "--repair", "--yes"],
        ["clear", "--yes"],
        [...RUN, "--", "echo", "{}"],
        ["export", "-o", "results.csv"],
      ];
      const codes: number[] = [];
      for (const args of calls) {
        const { code, err } = await ckpt(folder, args);
        codes.push(code);
        expect(err).not.toMatch(/internal error|^ {4}at /m);
        if (code === 1) expect(err).toContain(path.join("checkpoints", name));
      }
      expect(fs.existsSync(victim) ? fs.readFileSync(victim, "utf8") : "").toBe(
        what === "a file" ? "precious" : "",
      );
      // A socket of an earlier run is in nobody's way either.
      if (isLeftover(name) || name === "run.sock") expect(codes).toEqual([4, 0, 0, 0, 0, 0]);
      else expect(codes).toContain(1);
    },
  );
});

/** What each folder's link is met by. */
const FOLDERS: readonly (readonly [name: string, setUp: readonly string[], args: readonly string[]])[] = [
  ["backups", [], [...RUN, "--", "echo", "{}"]],
  [
    "workers",
    [],
    [...RUN, "--worker", "--", "python3", path.resolve(import.meta.dir, "../fixtures/processors/worker.py")],
  ],
  ["quarantine", ["tear"], [...RUN, "--", "echo", "{}"]],
];

test.each(FOLDERS)("a link in the place of the folder %s is not followed", async (name, setUp, args) => {
  const { folder, dir, victim } = newRun();
  fs.mkdirSync(victim);
  if (setUp.length > 0) {
    expect((await ckpt(folder, [...RUN, "--limit", "1", "--", "echo", "{}"])).code).toBe(4);
    fs.appendFileSync(checkpointPaths(dir).log, "torn");
  }
  fs.symlinkSync("../victim", path.join(dir, name));
  const { code, err } = await ckpt(folder, args);
  expect({ code, files: tree(victim) }).toEqual({ code: 1, files: {} });
  expect(err).toContain(path.join("checkpoints", name));
});

test.if(process.getuid?.() === 0)(
  "a folder of another user is refused in words, and left as it is; read what may be read",
  async () => {
    // The folder for temporary files may be closed to others.
    const { folder, dir } = newRun(fs.mkdtempSync("/tmp/ckpt-test-"));
    expect((await ckpt(folder, [...RUN, "--limit", "1", "--", "echo", "{}"])).code).toBe(4);
    fs.chmodSync(folder, 0o755);
    const before = tree(dir);
    const none = asNobody(folder, [...RUN, "--", "echo", "{}"]);
    expect({ code: none.code, files: tree(dir) }).toEqual({ code: 1, files: before });
    expect(none.err).toMatch(/EACCES|permission denied/);
    fs.chmodSync(dir, 0o755);
    for (const entry of fs.readdirSync(dir)) fs.chmodSync(path.join(dir, entry), 0o644);
    const open = tree(dir);
    const calls = [
      ["info"],
      ["verify"],
      ["export"],
      [...RUN, "--", "echo", "{}"],
      ["clear", "--yes"],
      ["backup"],
      ["verify", "--repair"],
    ];
    const codes = calls.map((args) => {
      const { code, err } = asNobody(folder, args);
      expect(err).not.toMatch(/internal error|^ {4}at /m);
      return code;
    });
    expect(codes).toEqual([0, 0, 0, 1, 1, 1, 1]);
    expect(tree(dir)).toEqual(open);
    fs.rmSync(folder, { recursive: true });
  },
);

function asNobody(cwd: string, args: readonly string[]): Ran {
  const user = ["--reuid=65534", "--regid=65534", "--clear-groups"];
  // The executable may stand where nobody else may look: it is called by an open descriptor.
  const ran = Bun.spawnSync(["setpriv", ...user, "sh", "-c", 'exec /proc/self/fd/9 "$@"', "ckpt", ...args], {
    cwd,
    env: { ...ENV, CKPT_LANG: "en" },
    stdio: ["ignore", "pipe", "pipe", null, null, null, null, null, null, fs.openSync(EXECUTABLE, "r")],
  });
  return { code: ran.exitCode ?? -1, out: ran.stdout?.toString() ?? "", err: ran.stderr?.toString() ?? "" };
}
