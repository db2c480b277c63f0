// Damage seen from outside: each file of a checkpoint folder (status, log, receipt, lock, a backup's files, what a move or a recovery leaves) damaged in
// turn, and every command called on it. None may crash or leave its documented exit codes; what `export` gives are true results; and after a repair
// or a restore the run ends with the very output of a run that nothing happened to.
import * as fs from "node:fs";
import * as path from "node:path";
import { seal } from "../../lib/checkpoint/status/seal.ts";
import { EXIT } from "../../lib/core/errors.ts";
import { NEWEST_VERSION } from "../../lib/core/format-version.ts";
import { ckpt, type Ran, writeLines } from "../helpers/ckpt.ts";
import { memoryFolder } from "../helpers/memory.ts";
import type { Figures, Size } from "./figures.ts";

const ITEMS = 9;
const QUICK_STEP = 11;
/** Folders that are worked on at the same time. */
const LANES = 2;
const CODES = new Set<number>(Object.values(EXIT));
const MODULE = "export function process(item: string) {\n  return `answer to ${item}`;\n}\n";
const RUN = ["run", "q.txt", "--module", "m.ts", "-j", "1", "-b", "2", "--yes"];

const FILES = [
  "processing_status.json",
  "checkpoint_results.jsonl",
  "last_run.json",
  "lock",
  "backups.lock",
  "owner.json",
  "intent.json",
  "recovering.jsonl",
  "backups/mine/manifest.json",
  "backups/mine/processing_status.json",
  "backups/mine/checkpoint_results.jsonl",
] as const;

type Damage = readonly [name: string, change: (bytes: Buffer) => Buffer | null];

/** null: a folder stands there. */
const DAMAGES: readonly Damage[] = [
  ["empty", () => Buffer.alloc(0)],
  ["cut in half", (bytes) => bytes.subarray(0, bytes.length / 2)],
  ["without its last byte", (bytes) => bytes.subarray(0, -1)],
  [
    "a bit flipped in the middle",
    (bytes) => bytes.map((byte, at) => (at === bytes.length >> 1 ? byte ^ 1 : byte)) as Buffer,
  ],
  ["zeros", (bytes) => Buffer.alloc(bytes.length || 64)],
  ["null", () => Buffer.from("null\n")],
  [
    "of a newer version",
    (bytes) =>
      Buffer.from(bytes.toString("latin1").replaceAll('"v":1', `"v":${NEWEST_VERSION + 1}`), "latin1"),
  ],
  [
    "not text, with the screen's own sequences",
    () => Buffer.from('\xff\x1b[2J\x1b]0;title\x07{"v":1,"kind":"\x1b[31m"}\n', "latin1"),
  ],
  ["a long line", () => Buffer.alloc(3 << 20, "x")],
  ["a folder", () => null],
];

async function prepare(root: string): Promise<string> {
  const folder = path.join(root, "whole");
  fs.mkdirSync(folder);
  fs.writeFileSync(path.join(folder, "m.ts"), MODULE);
  writeLines(folder, "p.txt", ["earlier"]);
  writeLines(
    folder,
    "q.txt",
    Array.from({ length: ITEMS }, (_, i) => `q${i}`),
  );
  const calls = [
    ["run", "p.txt", "--module", "m.ts"],
    [...RUN, "--no-resume", "--limit", "3"],
    ["backup", "mine"],
    [...RUN, "--limit", "3"],
  ];
  for (const args of calls) {
    const { code, err } = await ckpt(folder, args);
    if (code !== EXIT.ok && code !== EXIT.stopped) throw new Error(`${args.join(" ")}: ${code} ${err}`);
  }
  return folder;
}

class Commands {
  readonly faults: string[] = [];
  readonly tally: Record<string, number> = { folders: 0, commands: 0, refused: 0, "same output": 0 };
  readonly #whole: string;
  readonly #place: string;

  /** @param lane tells apart those that work at the same time */
  constructor(whole: string, lane: number) {
    this.#whole = whole;
    this.#place = `${whole}-damaged-${lane}`;
  }

  #count(what: string): void {
    this.tally[what] = (this.tally[what] ?? 0) + 1;
  }

  async check(file: string, [how, change]: Damage): Promise<void> {
    const name = `${file} ${how}`;
    this.#count("folders");
    for (const mend of [
      ["verify", "--repair", "--yes"],
      ["restore", "mine", "--yes"],
    ]) {
      fs.rmSync(this.#place, { recursive: true, force: true });
      fs.cpSync(this.#whole, this.#place, { recursive: true });
      damage(path.join(this.#place, "checkpoints", file), change);
      if (mend[0] === "verify") {
        for (const look of [["info"], ["list"], ["verify"], ["verify", "mine"], ["export"], []])
          await this.#call(name, look);
        await this.#call(name, ["clear", "--dry-run"]);
      }
      const mended = await this.#call(name, mend);
      if (mended.code === EXIT.ok) {
        const verified = await this.#call(name, ["verify"]);
        if (verified.code !== EXIT.ok)
          this.faults.push(`${name}: verify says ${verified.code} after ${mend[0]}`);
      }
      await this.#finish(name, mended.code === EXIT.ok);
    }
  }

  async #finish(name: string, mended: boolean): Promise<void> {
    const { code } = await this.#call(name, RUN);
    if (code !== EXIT.ok) {
      this.#count("refused");
      // What a newer version has made stays refused.
      if (mended && code === EXIT.integrity && !name.endsWith("newer version"))
        this.faults.push(`${name}: the run is refused after it was mended`);
      return;
    }
    const output = fs.readFileSync(path.join(this.#place, "q.results.jsonl"), "utf8");
    if (output === expectedOutput()) this.#count("same output");
    else this.faults.push(`${name}: another output: ${output.slice(0, 200)}`);
  }

  async #call(name: string, args: readonly string[]): Promise<Ran> {
    const ran = await ckpt(this.#place, args);
    this.#count("commands");
    const fault = (text: string): void => void this.faults.push(`${name}: ${args.join(" ")}: ${text}`);
    if (!CODES.has(ran.code)) fault(`exit code ${ran.code}`);
    if (/^ {4}at |internal error/m.test(ran.err + ran.out)) fault(`a stack: ${ran.err.slice(0, 300)}`);
    if ((ran.err + ran.out).includes("\x1b")) fault("an escape sequence reaches the terminal");
    if (ran.code === EXIT.fatal && ran.err === "") fault("no message");
    if (args[0] === "export") for (const line of falseLines(ran.out)) fault(`not a result: ${line}`);
    return ran;
  }
}

function damage(file: string, change: Damage[1]): void {
  const bytes = change(
    fs.existsSync(file) ? fs.readFileSync(file) : Buffer.from(seal({ v: 1, kind: "nothing" })),
  );
  fs.rmSync(file, { force: true });
  if (bytes === null) fs.mkdirSync(file);
  else fs.writeFileSync(file, bytes);
}

function resultLines(): string[] {
  return Array.from({ length: ITEMS }, (_, i) => `{"index":${i},"status":"ok","output":"answer to q${i}"}`);
}

function expectedOutput(): string {
  return resultLines()
    .map((line) => `${line}\n`)
    .join("");
}

function falseLines(out: string): string[] {
  const own = new Set([...resultLines(), '{"index":0,"status":"ok","output":"answer to earlier"}']);
  return out.split("\n").filter((line) => line !== "" && !own.has(line));
}

/** @param size quick: every 11th combination of a file and a damage; full: all */
export async function damageCommands(size: Size): Promise<Figures> {
  const root = memoryFolder("ckpt-damage-");
  try {
    const whole = await prepare(root);
    const all = FILES.flatMap((file) => DAMAGES.map((each) => [file, each] as const));
    const step = size === "full" ? 1 : QUICK_STEP;
    const chosen = all.filter((_, at) => at % step === 0).values();
    const lanes = Array.from({ length: LANES }, (_, lane) => new Commands(whole, lane));
    await Promise.all(
      lanes.map(async (lane) => {
        for (const [file, each] of chosen) await lane.check(file, each);
      }),
    );
    const figures: Record<string, number> = {};
    for (const { tally } of lanes)
      for (const [what, count] of Object.entries(tally)) figures[what] = (figures[what] ?? 0) + count;
    return { method: "damage, from outside", figures, faults: lanes.flatMap((lane) => lane.faults) };
  } finally {
    fs.rmSync(root, { recursive: true });
  }
}
