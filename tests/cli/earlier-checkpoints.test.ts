// Checkpoints of earlier executables are taken up by the same words: nothing is refused, and no recorded item is run again.
import { describe, expect, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { ENV, EXECUTABLE, type Ran, read } from "../helpers/ckpt.ts";
import { earlierJob } from "../helpers/earlier-checkpoint.ts";
import { mockEndpoint } from "../helpers/mock-endpoint.ts";

const SOLVE = 'echo "$1" >> marks; case "$1" in *" 3"*) exit 3;; esac; printf %s "$1"';
const SOLVE_ALL = 'echo "$1" >> marks; printf %s "$1"';
const ENDPOINT = ["--model", "small", "--prompt", "@prompt.txt", "--system", "Be kind."];

type Job = {
  readonly name: string;
  /** The words of the command line, but the command's text. */
  readonly words: (solve: string) => readonly string[];
  readonly input: string;
  readonly output: string;
  /** A further item, as a line of the input. */
  readonly further: string;
};

const JOBS: readonly Job[] = [
  {
    name: "ids",
    words: (solve) => ["q.jsonl", "--id", "id", "-j", "1", "--", "sh", "-c", solve, "x", "{question}"],
    input: "q.jsonl",
    output: "q.results.jsonl",
    further: '{"id":"q9","question":"What is 9?"}\n',
  },
  {
    name: "content",
    words: (solve) => ["q.txt", "-j", "1", "--", "sh", "-c", solve, "x", "{}"],
    input: "q.txt",
    output: "q.results.jsonl",
    further: "What is 9?\n",
  },
  {
    name: "csv",
    words: (solve) => ["q.csv", "-j", "1", "-o", "out.csv", "--", "sh", "-c", solve, "x", "{question}"],
    input: "q.csv",
    output: "out.csv",
    further: "n9,What is 9?\r\n",
  },
  {
    name: "stdin",
    words: (solve) =>
      "- --format jsonl --id id -j 1 -o out.jsonl -- sh -c".split(" ").concat(solve, "x", "{question}"),
    input: "input.jsonl",
    output: "out.jsonl",
    further: '{"id":"q9","question":"What is 9?"}\n',
  },
  {
    name: "endpoint",
    words: () => ["q.jsonl", "--id", "id", "-j", "1", ...ENDPOINT, "--base-url", "http://models.example/v1"],
    input: "q.jsonl",
    output: "q.results.jsonl",
    further: '{"id":"q9","question":"What is 9?"}\n',
  },
];

/** Runs ckpt in the folder of a job. The endpoint of the fixtures has a name that nobody has; a proxy on loopback answers for it. */
async function run(folder: string, words: readonly string[], input: string, proxy: string): Promise<Ran> {
  const child = Bun.spawn([EXECUTABLE, "run", ...words], {
    cwd: folder,
    env: { ...ENV, OPENAI_API_KEY: "sk-test-0123456789", HTTP_PROXY: proxy, http_proxy: proxy },
    stdin: Buffer.from(input),
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, err, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  return { code, out, err };
}

/** Number of the item of each attempt that commands have marked, or an endpoint was asked for. */
function attempts(folder: string, prompts: readonly string[]): number[] {
  const marks = path.join(folder, "marks");
  const lines = fs.existsSync(marks) ? read(folder, "marks").split("\n") : [...prompts];
  return lines.flatMap((line) => {
    const found = /(\d+)\?/.exec(line);
    return found === null ? [] : [Number(found[1])];
  });
}

describe.each(JOBS)("a job of 0.1.0: $name", ({ name, words, input, output, further }) => {
  test("unfinished: only what is pending, or has failed, is run", async () => {
    await using endpoint = disposable(await mockEndpoint());
    const folder = earlierJob("0.1.0", `${name}-unfinished`);
    const before = attempts(folder, []).length;
    const ran = await run(folder, words(SOLVE), "", endpoint.url);
    expect(ran).toMatchObject({ code: name === "endpoint" ? 0 : 3 });
    const asked = endpoint.asked.map(({ prompt }) => prompt);
    expect(attempts(folder, asked).slice(before)).toEqual(
      name === "endpoint" ? [6, 7, 8] : [6, 7, 8, 3], // the failed one comes last
    );
    expect(read(folder, output).match(/What/g)?.length).toBe(name === "endpoint" ? 8 : 7);
  });

  test("completed: complete already; a further item alone is run", async () => {
    await using endpoint = disposable(await mockEndpoint());
    const folder = earlierJob("0.1.0", `${name}-completed`);
    const before = attempts(folder, []).length;
    const [backup] = fs.readdirSync(path.join(folder, "checkpoints/backups"));
    const kept = path.join(folder, "checkpoints/backups", backup ?? "", "input.data");
    const items = name === "stdin" ? fs.readFileSync(kept, "utf8") : read(folder, input);
    const result = read(folder, output);

    const again = await run(folder, words(SOLVE_ALL), items, endpoint.url);
    expect(again).toMatchObject({ code: 0 });
    expect(again.err).toContain("Already complete");
    expect(read(folder, output)).toBe(result);

    if (name !== "stdin") fs.appendFileSync(path.join(folder, input), further);
    const grown = await run(folder, words(SOLVE_ALL), items + further, endpoint.url);
    expect(grown).toMatchObject({ code: 0 });
    const asked = endpoint.asked.map(({ prompt }) => prompt);
    expect(attempts(folder, asked).slice(before)).toEqual([9]);
    expect(read(folder, output)).toStartWith(result);
  });
});

function disposable<T extends { stop(): Promise<void> }>(server: T): T & AsyncDisposable {
  return Object.assign(server, { [Symbol.asyncDispose]: () => server.stop() });
}
