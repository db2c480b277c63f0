// More than 256 requests at once: Bun opens them only if its environment said so at its start, so that ckpt begins anew in the same process.
// Needs tmux.
import { afterEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import * as path from "node:path";
import { ckpt, ENV, EXECUTABLE, newFolder, read, start, writeLines } from "../helpers/ckpt.ts";
import { type MockEndpoint, mockEndpoint } from "../helpers/mock-endpoint.ts";
import { Terminal } from "../helpers/terminal.ts";
import { testUnless } from "../helpers/test-unless.ts";
import { until } from "../helpers/until.ts";

setDefaultTimeout(60_000);

const NO_PROC = process.platform === "linux" ? [] : ["needs /proc"];
const MANY = 300;

let mock: MockEndpoint | null = null;
afterEach(async () => {
  await mock?.stop();
  mock = null;
});

/** Answers nobody before so many requests are there at once, or `go` is called. */
async function crowded(count: number = MANY): Promise<{
  readonly url: string;
  readonly served: MockEndpoint;
  readonly go: () => void;
}> {
  const all = Promise.withResolvers<void>();
  const served: MockEndpoint = await mockEndpoint({
    reply: () => {
      if (served.mostAtOnce >= count) all.resolve();
      return { kind: "answer", after: all.promise };
    },
  });
  mock = served;
  return { url: served.url, served, go: all.resolve };
}

const numbers = (count: number): string[] => Array.from({ length: count }, (_, at) => `${at}`);
const endpoint = (url: string, jobs: number = MANY): string[] =>
  `--format txt --model m --prompt {} --base-url ${url} -j ${jobs} -o out.jsonl`.split(" ");

function newInput(count: number): string {
  const folder = newFolder();
  writeLines(folder, "q.txt", numbers(count));
  return folder;
}

/** Runs a line of bash in which `"$@"` is the call of ckpt. */
function bash(
  line: string,
  folder: string,
  args: readonly string[],
): Bun.Subprocess<"ignore", "pipe", "pipe"> {
  return Bun.spawn(["bash", "-c", line, "bash", EXECUTABLE, ...args], {
    cwd: folder,
    env: ENV,
    stdio: ["ignore", "pipe", "pipe"],
  });
}

const outputs = (folder: string): number => read(folder, "out.jsonl").trim().split("\n").length;

describe(`-j ${MANY}`, () => {
  test("needs nothing to be set by hand", async () => {
    const { url, served } = await crowded();
    const folder = newInput(MANY);
    const ran = await ckpt(folder, ["run", "q.txt", ...endpoint(url)]);
    expect([ran.code, served.mostAtOnce, outputs(folder)]).toEqual([0, MANY, MANY]);
  });

  test("keeps the process: its id, and the lock that refuses a second run", async () => {
    const { url, served, go } = await crowded(Number.POSITIVE_INFINITY);
    const folder = newInput(MANY + 1);
    const child = start(folder, ["run", "q.txt", ...endpoint(url)]);
    await until(() => served.asked.length > 0);
    const second = await ckpt(folder, ["run", "q.txt", ...endpoint(url)]);
    expect(second.code).toBe(11);
    expect(second.err).toContain(String(child.pid));
    go();
    expect(await child.exited).toBe(0);
  });

  test("reads an input of a shell's <(…), and standard input", async () => {
    const { url } = await crowded();
    for (const line of [`"$@" < <(seq ${MANY})`, `"$1" run <(seq ${MANY}) "\${@:4}"`]) {
      const folder = newFolder();
      const child = bash(line, folder, ["run", "-", ...endpoint(url)]);
      const [code, err] = [await child.exited, await child.stderr.text()];
      expect({ code, err: code === 0 ? "" : err, lines: code === 0 ? outputs(folder) : 0 }).toEqual({
        code: 0,
        err: "",
        lines: MANY,
      });
    }
  });

  test("says what to set where its settings can be read only once", async () => {
    const folder = newInput(1);
    for (const lang of ["en", "zh"]) {
      const args = ["run", "q.txt", ...endpoint("http://127.0.0.1:9/v1"), "--lang", lang];
      const child = bash(`"$@" --config <(echo quiet = true)`, folder, args);
      expect([await child.exited, await child.stderr.text()]).toEqual([
        2,
        expect.stringContaining(`BUN_CONFIG_MAX_HTTP_REQUESTS=${MANY}`),
      ]);
    }
  });

  test("a signal that was ignored at the start stays ignored", async () => {
    const { url, served, go } = await crowded();
    const folder = newInput(MANY + 1);
    const child = bash(`trap '' TERM; exec "$@"`, folder, ["run", "q.txt", ...endpoint(url)]);
    await until(() => served.asked.length > 0);
    child.kill("SIGTERM");
    go();
    expect([await child.exited, outputs(folder)]).toEqual([0, MANY + 1]);
  });

  test("a ^C stops it as any other run; the same words go on, also from another folder without words", async () => {
    const { url, served, go } = await crowded();
    const folder = newInput(2 * MANY);
    const child = start(folder, ["run", "q.txt", ...endpoint(url), "--grace", "0s"]);
    await until(() => served.asked.length > 0);
    child.kill("SIGINT");
    await child.exited;
    expect(child.signalCode).toBe("SIGINT");
    go();
    const ran = await ckpt(newFolder(), ["run", "--dir", path.join(folder, "checkpoints")]);
    expect([ran.code, outputs(folder)]).toEqual([0, 2 * MANY]);
  });

  test("asks on the terminal of the start", async () => {
    const { url, go } = await crowded();
    go();
    const folder = newInput(4);
    const args = ["run", "q.txt", ...endpoint(url)];
    expect((await ckpt(folder, [...args, "--limit", "2"])).code).toBe(4);
    await using terminal = new Terminal(folder, args);
    await terminal.shows("(y/n, default y)");
    terminal.press("y");
    expect(await terminal.exitCode()).toBe(0);
    expect(outputs(folder)).toBe(4);
  });

  testUnless(NO_PROC, "is bounded by the limit of open files, and says so", async () => {
    const { url, go, served } = await crowded();
    go();
    for (const [lang, words] of [
      ["en", "The limit of open files allows 136 requests at once, not 300."],
      ["zh", "打开文件数的上限只允许同时进行 136 个请求，而不是 300 个。"],
    ] as const) {
      const folder = newInput(MANY);
      const child = bash(`ulimit -n 200; "$@"`, folder, ["run", "q.txt", ...endpoint(url), "--lang", lang]);
      const [code, err] = [await child.exited, await child.stderr.text()];
      expect([code, err]).toEqual([0, expect.stringContaining(words)]);
      expect(outputs(folder)).toBe(MANY);
    }
    expect(served.mostAtOnce).toBeLessThanOrEqual(136);
  });
});
