// Children get the limit of open files that ckpt was started with: Bun raises its own when it starts.
import { describe, expect } from "bun:test";
import { ENV, EXECUTABLE, newFolder, read, writeLines } from "../helpers/ckpt.ts";
import { mockEndpoint } from "../helpers/mock-endpoint.ts";
import { testUnless } from "../helpers/test-unless.ts";

const NO_PROC = process.platform === "linux" ? [] : ["needs /proc"];

/** A worker that answers with its limit. */
const WORKER = `while read -r line; do
  index=\${line#'{"index":'}; printf '{"index":%s,"output":"%s"}\\n' "\${index%%,*}" "$(ulimit -Sn)"
done`;

const CASES: readonly (readonly [what: string, args: readonly string[]])[] = [
  ["a command", ["-j", "2", "--", "sh", "-c", "ulimit -Sn"]],
  ["a shell command", ["-j", "2", "--shell", "ulimit -Sn"]],
  ["a worker", ["-j", "2", "--worker", "--", "sh", "-c", WORKER]],
  ["a command, where ckpt itself needs more", ["-j", "100", "--", "sh", "-c", "ulimit -Sn"]],
  ["a worker, where ckpt itself needs more", ["-j", "60", "--worker", "--", "sh", "-c", WORKER]],
];

/** Runs ckpt on `count` items from a shell with this soft limit, which waits for it; gives back what the items' commands printed. */
function outputsUnder(limit: number, count: number, args: readonly string[]): readonly unknown[] {
  const folder = newFolder();
  writeLines(
    folder,
    "q.txt",
    Array.from({ length: count }, (_, at) => `${at}`),
  );
  const script = `ulimit -Sn ${limit}; "$0" run q.txt -q -o out.jsonl "$@"; exit $?`;
  const ran = Bun.spawnSync(["sh", "-c", script, EXECUTABLE, ...args], { cwd: folder, env: ENV });
  expect({ code: ran.exitCode, err: ran.stderr.toString() }).toEqual({ code: 0, err: "" });
  return read(folder, "out.jsonl")
    .trim()
    .split("\n")
    .map((line) => (JSON.parse(line) as { readonly output: unknown }).output);
}

describe("the soft limit of open files", () => {
  for (const [what, args] of CASES) {
    testUnless(NO_PROC, `is that of the start: ${what}`, () => {
      expect([...new Set(outputsUnder(250, 120, args))]).toEqual(["250"]);
      return Promise.resolve();
    });
  }

  testUnless(
    NO_PROC,
    "is that of the start: the command of a key, and a notice, of a run with an endpoint",
    async () => {
      const folder = newFolder();
      writeLines(folder, "q.jsonl", ['{"q":"a"}']);
      const server = await mockEndpoint();
      const words = `run q.jsonl -q --model m --prompt {q} --base-url ${server.url}`.split(" ");
      const key = ["--api-key-command", "ulimit -Sn > key; echo sk-0123456789abcdef"];
      const script = 'ulimit -Sn 250; "$0" "$@"; exit $?';
      const ran = Bun.spawn(
        ["sh", "-c", script, EXECUTABLE, ...words, ...key, "--notify", "ulimit -Sn > notice"],
        {
          cwd: folder,
          env: ENV,
        },
      );
      expect(await ran.exited).toBe(0);
      await server.stop();
      expect([read(folder, "key"), read(folder, "notice")]).toEqual(["250\n", "250\n"]);
    },
  );

  testUnless(NO_PROC, "does not stand in the way of what is no program", () => {
    const folder = newFolder();
    writeLines(folder, "q.txt", ["a"]);
    const script = `ulimit -Sn 250; "$0" run q.txt -j 100 --progress none -- no-such-program; exit $?`;
    const ran = Bun.spawnSync(["sh", "-c", script, EXECUTABLE], { cwd: folder, env: ENV });
    expect(ran.exitCode).toBe(4);
    const info = Bun.spawnSync([EXECUTABLE, "info", "--json"], { cwd: folder, env: ENV });
    expect(JSON.parse(info.stdout.toString())).toMatchObject({ failed: 0, pending: 1 });
    return Promise.resolve();
  });
});
