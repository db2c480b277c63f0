// What ckpt says of itself, where it can be written and where it cannot.
// Needs python3.
import { describe, expect, test } from "bun:test";
import * as path from "node:path";
import manifest from "../../package.json" with { type: "json" };
import { helpText } from "../../lib/start/help-texts.ts";
import { ckpt, ENV, EXECUTABLE, newFolder, type Ran } from "../helpers/ckpt.ts";

/** Runs a pipeline of bash, in which `"$0"` is ckpt; the code is that of its first command. */
async function shell(pipeline: string): Promise<Ran> {
  const child = Bun.spawn(["bash", "-c", `${pipeline}; exit "\${PIPESTATUS[0]}"`, EXECUTABLE], {
    env: ENV,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, err, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  return { code, out, err };
}

test("--version names the version of the package", async () => {
  expect(await ckpt(newFolder(), ["--version"])).toEqual({
    code: 0,
    out: `ckpt ${manifest.version}\n`,
    err: "",
  });
});

describe("--help", () => {
  test.each([
    ["of ckpt", ["--help"], null, "en"],
    ["of a command", ["run", "-h"], "run", "en"],
    ["of a command, options first", ["--dir", "x", "--lang=zh", "info", "--help"], "info", "zh"],
    ["of a command, a settings file first", ["--config", "x", "run", "--help"], "run", "en"],
    ["of a command asked for with options between", ["help", "--config", "x", "info"], "info", "en"],
    ["behind a value that is no good", ["run", "-j", "many", "--help"], "run", "en"],
  ] as const)("%s", async (_name, words, command, language) => {
    const ran = await ckpt(newFolder(), words);
    expect(ran).toEqual({ code: 0, out: helpText(command, language) ?? "", err: "" });
  });

  test("behind -- is the command's own", async () => {
    const { code, out, err } = await ckpt(newFolder(), ["run", "missing.txt", "--", "echo", "--help"]);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain("missing.txt");
  });
});

describe.each(["--version", "--help", "run --help", "--version --json", "--help --json"])("%s", (words) => {
  test("says what is wrong when standard output takes nothing", async () => {
    const { code, err } = await shell(`"$0" ${words} > /dev/full`);
    expect(code).toBe(1);
    expect(err).toStartWith("ckpt: Cannot write standard output: ENOSPC");
    expect(err.trimEnd().split("\n")).toHaveLength(2);
  });

  test("does not mind a reader that has gone away", async () => {
    expect(await shell(`exec 3> >(:); wait $!; "$0" ${words} >&3`)).toEqual({ code: 0, out: "", err: "" });
  });
});

test("waits for a slow reader on a pipe that somebody has made non-blocking", async () => {
  const full =
    "import os, fcntl; fcntl.fcntl(1, fcntl.F_SETFL, os.O_NONBLOCK | fcntl.fcntl(1, fcntl.F_GETFL))";
  const fill = "\ntry:\n  while True: os.write(1, b'x')\nexcept BlockingIOError: pass";
  // Nothing is read before the pipe is full.
  const filled = path.join(newFolder(), "filled");
  const wait = `until [ -e ${filled} ]; do sleep 0.01; done`;
  const { code, out, err } = await shell(
    `{ python3 -c "${full}${fill}"; touch ${filled}; "$0" --help; } | { ${wait}; sleep 0.5; tr -d x; }`,
  );
  expect({ code, out, err }).toEqual({
    code: 0,
    out: (helpText(null, "en") ?? "").replaceAll("x", ""),
    err: "",
  });
});
