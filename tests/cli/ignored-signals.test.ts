// Signals that were ignored when ckpt was started (nohup, `trap ''`) stay ignored, by it and by what it runs.
// Needs tmux.
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";

import { until } from "../helpers/until.ts";
import { ENV, EXECUTABLE, newFolder, read, writeLines } from "../helpers/ckpt.ts";
import { Terminal } from "../helpers/terminal.ts";
import { testUnless } from "../helpers/test-unless.ts";

setDefaultTimeout(60_000);

const OUTPUT = "q.results.jsonl";
/** Marks that it runs, and ends once there is a file `go`. */
const WAIT = ["--", "sh", "-c", "touch begun; until test -e go; do sleep 0.02; done; echo done"];

function newInput(): string {
  const folder = newFolder();
  writeLines(folder, "q.txt", ["a", "b"]);
  return folder;
}

const isThere = (folder: string, name: string): boolean => fs.existsSync(path.join(folder, name));

const NO_PROC = process.platform === "linux" ? [] : ["needs /proc"];

/** Starts ckpt from a shell that ignores these signals. */
function startIgnoring(
  signals: string,
  cwd: string,
  args: readonly string[],
): Bun.Subprocess<"ignore", "pipe", "pipe"> {
  return Bun.spawn(["sh", "-c", `trap '' ${signals}; exec "$@"`, "sh", EXECUTABLE, ...args], {
    cwd,
    env: ENV,
    stdio: ["ignore", "pipe", "pipe"],
  });
}

describe("a signal that was ignored at the start", () => {
  test("does not stop the run", async () => {
    const folder = newInput();
    const child = startIgnoring("HUP INT TERM", folder, ["run", "q.txt", "-j", "1", ...WAIT]);
    await until(() => isThere(folder, "begun"));
    for (const signal of ["SIGHUP", "SIGINT", "SIGTERM"] as const) child.kill(signal);
    fs.writeFileSync(path.join(folder, "go"), "");
    expect([await child.exited, await child.stderr.text()]).toEqual([
      0,
      expect.not.stringMatching(/SIGHUP|SIGINT|SIGTERM/),
    ]);
  });

  test("others stop it all the same", async () => {
    const folder = newInput();
    const child = startIgnoring("HUP INT", folder, ["run", "q.txt", "--grace", "0s", ...WAIT]);
    await until(() => isThere(folder, "begun"));
    child.kill("SIGHUP");
    child.kill("SIGTERM");
    await child.exited;
    expect(child.signalCode).toBe("SIGTERM");
  });

  testUnless(NO_PROC, "is ignored by commands and workers, as under xargs", async () => {
    const folder = newInput();
    const look = "grep SigIgn /proc/self/status";
    const answer = `read line; printf '{"index":0,"output":"%s"}\\n' "$(${look} | tr '\\t' ' ')"`;
    for (const [name, processor] of [
      ["command", ["--", "grep", "SigIgn", "/proc/self/status"]],
      ["shell", ["--shell", look]],
      ["worker", ["--worker", "--", "sh", "-c", answer]],
    ] as const) {
      writeLines(folder, `${name}.txt`, ["x"]);
      const args = ["run", `${name}.txt`, "--dir", name, ...processor];
      const child = startIgnoring("HUP TERM", folder, args);
      expect({ name, code: await child.exited, said: await child.stderr.text() }).toMatchObject({
        name,
        code: 0,
      });
      expect(JSON.parse(read(folder, `${name}.results.jsonl`)).output).toMatch(
        /^SigIgn:\s+0000000000004001$/,
      );
    }
  });

  testUnless(NO_PROC, "a command that is not there is called so all the same", async () => {
    const child = startIgnoring("HUP", newInput(), ["run", "q.txt", "--", "no-such-command"]);
    expect([await child.exited, await child.stderr.text()]).toEqual([
      4,
      expect.stringContaining("no-such-command: not found in PATH"),
    ]);
  });
});

describe("when the terminal goes", () => {
  test.each([
    ["nohup", "nohup"],
    ["a trap, its screen gone with the terminal", `sh -c 'trap "" HUP; exec "$@"' sh`],
  ])("a run under %s continues to its end", async (_name, through) => {
    const folder = newInput();
    const terminal = new Terminal(folder, ["run", "q.txt", "-j", "1", ...WAIT], { through });
    await until(() => isThere(folder, "begun"));
    await terminal[Symbol.asyncDispose]();
    fs.writeFileSync(path.join(folder, "go"), "");
    await until(() => isThere(folder, OUTPUT));
    expect(read(folder, OUTPUT).trim().split("\n").length).toBe(2);
  });
});
