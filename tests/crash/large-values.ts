// Very large items, outputs and lines: each run ends in time and within memory, with a result or an error that says what is the matter.
import * as fs from "node:fs";
import * as path from "node:path";
import { checkpointPaths } from "../../lib/checkpoint/names.ts";
import { ckpt, newFolder, start, writeLines } from "../helpers/ckpt.ts";
import { mockEndpoint } from "../helpers/mock-endpoint.ts";
import { memoryOf } from "../helpers/processes.ts";
import type { Figures, Size } from "./figures.ts";

/** Full: 100 MB and a line of 1 GiB, quick: a twentieth. What is larger than --max-output by default (16 MiB) is so in both. */
const SIZES = {
  quick: { value: 5_000_000, over: 20_000_000, line: 1 << 30, formats: [], limits: ["16M"] },
  full: {
    value: 100_000_000,
    over: 100_000_000,
    line: 1 << 30,
    formats: ["txt", "jsonl", "json", "csv"],
    limits: ["16M", "1G"],
  },
} as const;
const HEADS = { txt: "x", jsonl: '{"a":"', json: '["', csv: "a" } as const;
const LIMIT_MS = 120_000;
const WATCH_MS = 10;
/** What stands in memory of a value at once: as text, as a line, and on its way into the log (16 bytes for one of the value), and the base. */
const MEMORY_FACTOR = 16;
const BASE_BYTES = 160 << 20;

type Case = {
  readonly name: string;
  /** The words behind `run`. */
  readonly args: readonly string[];
  readonly env?: Record<string, string>;
  readonly code: number;
  /** What the result file begins with; or, behind "!", what is said on standard error. */
  readonly says: string;
  /** Bytes of the value that has to be held; 0 where it must not be. */
  readonly holds: number;
};

const MODULE = [
  "export function process(item: { text?: string; n?: number }) {",
  '  return item.n === undefined ? item.text?.length : "x".repeat(item.n);',
  "}",
];
/** Answers an item with its length, or with as many characters as it says; with n < 0 it writes so many without the end of a line. */
const WORKER = [
  "import json, sys",
  "for line in sys.stdin:",
  '    request = json.loads(line); item = request["item"]; n = item.get("n")',
  "    if n is not None and n < 0:",
  '        for _ in range(-n >> 20): sys.stdout.write("x" * (1 << 20))',
  "        sys.stdout.flush(); continue",
  '    output = len(item["text"]) if n is None else "x" * n',
  '    print(json.dumps({"index": request["index"], "output": output}), flush=True)',
];
/** Keeps short answers back until the file `go` is there. */
const SLOW_MODULE = [
  'import { existsSync } from "node:fs";',
  "export async function process(item: { n: number }) {",
  '  while (item.n < 100 && !existsSync("go")) await Bun.sleep(5);',
  '  return "x".repeat(item.n);',
  "}",
];
const PRINT = 'head -c {n} /dev/zero | tr "\\\\0" x';

const ok = (output: string | number): string =>
  `{"index":0,"status":"ok","output":${JSON.stringify(output).slice(0, 40)}`;
const failed = (kind: string): string => `{"index":0,"status":"failed","error":{"kind":"${kind}"`;

export async function largeValues(size: Size): Promise<Figures> {
  const folder = newFolder();
  const { value, line } = SIZES[size];
  const mock = await mockEndpoint({
    reply: ({ prompt }) => ({ kind: "answer", content: "x".repeat(Number(prompt)) }),
  });
  const faults: string[] = [];
  let slowestMs = 0;
  let largestBytes = 0;
  const cases = casesOf(folder, SIZES[size], mock.url);
  try {
    for (const one of cases) {
      const ran = await runCase(folder, one);
      slowestMs = Math.max(slowestMs, ran.tookMs);
      largestBytes = Math.max(largestBytes, ran.memoryBytes);
      faults.push(...ran.faults.map((fault) => `${one.name}: ${fault}`));
    }
    faults.push(...(await killedAndResumed(folder, value)));
  } finally {
    await mock.stop();
    fs.rmSync(folder, { recursive: true });
  }
  return {
    method: "large values",
    figures: {
      "values of MB": value / 1_000_000,
      "lines of MiB": line / (1 << 20),
      cases: cases.length + 1,
      "slowest s": (slowestMs / 1000).toFixed(1),
      "most memory MB": Math.round(largestBytes / 1_000_000),
      faults: faults.length,
    },
    faults,
  };
}

function casesOf(
  folder: string,
  { value, over, line, formats, limits }: (typeof SIZES)[Size],
  url: string,
): readonly Case[] {
  writeLines(folder, "large.jsonl", [JSON.stringify({ text: "x".repeat(value) }), '{"text":"small"}']);
  writeLines(folder, "answer.ts", MODULE);
  writeLines(folder, "answer.py", WORKER);
  for (const [name, n] of Object.entries({ outputs: value, over }))
    writeLines(folder, `${name}.jsonl`, [JSON.stringify({ n }), '{"n":5}']);
  writeLines(folder, "no-end.jsonl", [JSON.stringify({ n: -2 * line })]);
  writeLines(folder, "line.jsonl", ['{"n":1}']);
  const module = ["--module", "answer.ts"];
  const worker = ["--worker", "--", "python3", "answer.py"];
  const endpoint = ["--model", "m", "--prompt", "{n}", "--base-url", url, "--retries", "0"];
  const shell = ["--shell", PRINT];
  const raised = raisedFor(value);
  const kinds = { shell, module, worker, endpoint };
  return [
    ...Object.entries({ command: ["--", "wc", "-c"], module, worker }).map(([kind, args]) => ({
      name: `item to a ${kind}`,
      args: ["large.jsonl", ...args],
      code: 0,
      says: ok(kind === "command" ? String(value + '{"text":""}\n'.length) : value),
      holds: value,
    })),
    {
      name: "item as an argument",
      args: ["large.jsonl", "--", "echo", "{text}"],
      code: 3,
      says: failed("argument_too_long"),
      holds: value,
    },
    ...Object.entries(kinds).map(([kind, args]) => ({
      name: `output of a ${kind}, --max-output raised`,
      args: ["outputs.jsonl", ...raised, ...args],
      code: 0,
      says: ok("x".repeat(50)).slice(0, -1),
      holds: value,
    })),
    ...Object.entries(kinds).map(([kind, args]) => ({
      name: `output of a ${kind} over --max-output`,
      args: ["over.jsonl", ...args],
      code: 3,
      says: failed("output_too_large"),
      holds: over,
    })),
    ...limits.map((limit) => ({
      name: `a worker's line without an end, --max-output ${limit}`,
      args: ["no-end.jsonl", "--max-output", limit, ...worker],
      code: 3,
      says: `${failed("bad_output")},"message":"a line is longer than`,
      holds: limit === "16M" ? over : line,
    })),
    {
      name: "a command that prints the length of a line",
      args: ["line.jsonl", "--shell", `head -c ${line} /dev/zero`],
      code: 3,
      says: failed("output_too_large"),
      holds: 0,
    },
    ...lineCases(folder, line, formats),
  ];
}

const raisedFor = (value: number): readonly string[] => [
  "--max-output",
  `${Math.ceil(value / 1_000_000) * 2}M`,
];

/** Inputs that are one line without an end. */
function lineCases(folder: string, line: number, formats: readonly (keyof typeof HEADS)[]): readonly Case[] {
  return formats.map((format) => {
    const head = HEADS[format];
    const file = path.join(folder, `endless.${format}`);
    const fd = fs.openSync(file, "w");
    const block = Buffer.alloc(16 << 20, "x");
    fs.writeSync(fd, head);
    for (let written = 0; written < line; written += block.length) fs.writeSync(fd, block);
    fs.closeSync(fd);
    return {
      name: `a line of ${format} without an end`,
      args: [file, "--", "cat"],
      code: 2,
      says: "!line 1 is longer than",
      holds: line / 5, // kept once, and of csv twice
    };
  });
}

type CaseRun = { readonly faults: readonly string[]; readonly tookMs: number; readonly memoryBytes: number };

async function runCase(folder: string, one: Case): Promise<CaseRun> {
  const dir = path.join(folder, "checkpoint");
  const output = path.join(folder, "out.jsonl");
  const startMs = performance.now();
  const child = start(folder, ["run", "-j", "2", "--dir", dir, "-o", output, ...one.args], one.env);
  const timer = setTimeout(() => child.kill("SIGKILL"), LIMIT_MS);
  let memoryBytes = 0;
  const watch = setInterval(() => {
    memoryBytes = Math.max(memoryBytes, memoryOf(child.pid)?.mostBytes ?? 0);
  }, WATCH_MS);
  const [errors] = await Promise.all([child.stderr.text(), child.stdout.text(), child.exited]);
  clearTimeout(timer);
  clearInterval(watch);
  const tookMs = performance.now() - startMs;
  const faults: string[] = [];
  if (child.exitCode !== one.code)
    faults.push(`ended with ${child.signalCode ?? child.exitCode}: ${errors.slice(-500)}`);
  const text = one.says.startsWith("!") ? `!${errors}` : headOf(output);
  const isSaid = one.says.startsWith("!") ? errors.includes(one.says.slice(1)) : text.startsWith(one.says);
  if (!isSaid) faults.push(`${JSON.stringify(one.says)} is not said, but ${text.slice(0, 300)}`);
  const mostBytes = BASE_BYTES + MEMORY_FACTOR * one.holds;
  if (memoryBytes === 0 || memoryBytes > mostBytes)
    faults.push(`${memoryBytes} bytes of memory, ${mostBytes} at most`);
  fs.rmSync(dir, { recursive: true, force: true });
  fs.rmSync(output, { force: true });
  return { faults, tookMs, memoryBytes };
}

/** A large record that no commit covers is taken over after a kill, and exported. */
async function killedAndResumed(folder: string, value: number): Promise<readonly string[]> {
  writeLines(folder, "slow.ts", SLOW_MODULE);
  const dir = path.join(folder, "killed");
  const words = [
    "--dir",
    dir,
    "-o",
    path.join(folder, "killed.jsonl"),
    "outputs.jsonl",
    "--module",
    "slow.ts",
  ];
  const args = ["run", "-j", "2", "-b", "1000", ...raisedFor(value), ...words];
  const child = start(folder, args);
  const ended = Promise.all([child.stderr.text(), child.stdout.text(), child.exited]);
  const { log } = checkpointPaths(dir);
  const isRecorded = (): boolean => fs.existsSync(log) && fs.statSync(log).size > value;
  for (const startMs = performance.now(); !isRecorded() && performance.now() - startMs < LIMIT_MS;)
    await Bun.sleep(5);
  child.kill("SIGKILL");
  await ended;
  writeLines(folder, "go", []);
  const again = await ckpt(folder, args);
  if (again.code !== 0 || !again.err.includes("This run: 1 attempted"))
    return [`resumed with a large record: ended with ${again.code}: ${again.err.slice(-500)}`];
  const exported = path.join(folder, "exported.jsonl");
  await ckpt(folder, ["export", "--dir", dir, "-o", exported]);
  const lines = fs.readFileSync(exported, "utf8").trimEnd().split("\n");
  const lengths = lines.map((line) => (JSON.parse(line) as { readonly output: string }).output.length);
  return lengths.join() === `${value},5` ? [] : [`exported outputs of ${lengths.join(" and ")} characters`];
}

function headOf(file: string): string {
  if (!fs.existsSync(file)) return "";
  const bytes = Buffer.alloc(400);
  const fd = fs.openSync(file, "r");
  const count = fs.readSync(fd, bytes);
  fs.closeSync(fd);
  return bytes.toString("utf8", 0, count);
}
