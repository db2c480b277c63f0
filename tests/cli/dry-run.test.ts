// `--dry-run` says what a run would do. Where the run is refused, it ends with the same words, hint and exit code, and changes nothing.
// Needs tmux.
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { ckpt, newFolder, read, start, writeLines } from "../helpers/ckpt.ts";
import { tree } from "../helpers/in-process.ts";
import { Terminal } from "../helpers/terminal.ts";
import { until } from "../helpers/until.ts";

setDefaultTimeout(60_000);

const LANGUAGES = ["en", "zh"] as const;
const WORDS = {
  refused: { en: "The run would be refused with exit code", zh: "实际运行会被拒绝（退出码" },
  startOver: { en: "The run would start over", zh: "实际运行会从头开始" },
  nothing: { en: "Already complete: all 3 items done", zh: "此前已全部完成：共 3 个条目" },
  asks: {
    en: "whether to resume the checkpoint or to start over",
    zh: "继续上次的处理，还是从头开始",
  },
  asksOutput: {
    en: "what to do with the existing output q.results.jsonl",
    zh: "如何处理已有的输出文件 q.results.jsonl",
  },
};

const RUN = ["run", "q.txt", "-j", "1"];
const CAT = ["--", "cat"];

function folderWithItems(): string {
  const folder = fs.realpathSync(newFolder());
  writeLines(folder, "q.txt", ["a", "b", "c"]);
  return folder;
}

async function stoppedAfterOne(folder: string): Promise<void> {
  expect((await ckpt(folder, [...RUN, "--limit", "1", ...CAT])).code).toBe(4);
}

/** What is there before a run, the words of the run, and the exit code with which it is refused. */
type Refusal = readonly [string, (folder: string) => Promise<void>, readonly string[], number];

const REFUSALS: readonly Refusal[] = [
  [
    "an output that would be overwritten",
    async (folder) => fs.writeFileSync(path.join(folder, "q.results.jsonl"), "mine\n"),
    [...RUN, ...CAT],
    12,
  ],
  [
    "an output that another job wrote",
    async (folder) => void (await ckpt(folder, [...RUN, ...CAT])),
    [...RUN, "--", "rev"],
    12,
  ],
  ["another command than that of the checkpoint", stoppedAfterOne, [...RUN, "--", "rev"], 12],
  [
    "the checkpoint of another job",
    async (folder) => {
      await stoppedAfterOne(folder);
      writeLines(folder, "other.txt", ["x", "y"]);
    },
    ["run", "other.txt", ...CAT],
    12,
  ],
  [
    "a damaged log",
    async (folder) => {
      await stoppedAfterOne(folder);
      const log = path.join(folder, "checkpoints/checkpoint_results.jsonl");
      fs.writeFileSync(log, fs.readFileSync(log, "utf8").replace('"a"', '"A"'));
    },
    [...RUN, ...CAT],
    12,
  ],
  [
    "an output that is the input",
    async () => undefined,
    [...RUN, "--format", "txt", "-o", "in.jsonl", ...CAT],
    2,
  ],
];

describe.each(LANGUAGES)("in %s, a run that is refused because of", (lang) => {
  test.each(REFUSALS)("%s", async (name, prepare, words, code) => {
    const folder = folderWithItems();
    await prepare(folder);
    if (name === "an output that is the input") fs.linkSync(`${folder}/q.txt`, `${folder}/in.jsonl`);
    const at = words.indexOf("--");
    const dry = [...words.slice(0, at), "--lang", lang, "--dry-run", ...words.slice(at)];
    const before = tree(folder);
    const ran = await ckpt(folder, dry);
    expect(tree(folder)).toEqual(before);
    const json = await ckpt(folder, [...dry.slice(0, 2), "--json", ...dry.slice(2)]);
    const refused = await ckpt(
      folder,
      dry.filter((word) => word !== "--dry-run"),
    );
    const error = refused.err.slice(refused.err.indexOf("ckpt: "));
    expect({ code: ran.code, err: ran.err.slice(ran.err.indexOf("ckpt: ")) }).toEqual({ code, err: error });
    expect(refused.code).toBe(code);
    if (name !== "a damaged log") expect(ran.out).toContain(`${WORDS.refused[lang]} ${code}`);
    const { error: told } = JSON.parse(json.out) as { readonly error: { readonly message: string } };
    expect({ code: json.code, isSaid: error.replace(/\n {6}/g, " ").includes(told.message) }).toEqual({
      code,
      isSaid: true,
    });
  });
});

test.each(LANGUAGES)(
  "in %s, a checkpoint that another process holds: exit code 11, and the plan",
  async (lang) => {
    const folder = folderWithItems();
    const hold = ["--", "sh", "-c", "until test -e go; do sleep 0.05; done; cat"];
    const running = start(folder, [...RUN, ...hold]);
    await until(
      () => fs.existsSync(path.join(folder, "checkpoints/processing_status.json")),
      "the run to start",
    );
    const words = [...RUN, "--lang", lang, ...hold];
    const refused = await ckpt(folder, words);
    const dry = await ckpt(folder, [...RUN, "--lang", lang, "--dry-run", ...hold]);
    expect({ code: dry.code, err: dry.err }).toEqual({ code: 11, err: refused.err });
    expect(dry.out).toContain(`${WORDS.refused[lang]} 11`);
    fs.writeFileSync(path.join(folder, "go"), "");
    expect(await running.exited).toBe(0);
  },
);

describe.each(LANGUAGES)("in %s, a run that would", (lang) => {
  const dry = async (folder: string, ...options: readonly string[]): Promise<string> => {
    const before = tree(folder);
    const ran = await ckpt(folder, [...RUN, "--lang", lang, "--dry-run", ...options, ...CAT]);
    expect({ code: ran.code, err: ran.err }).toEqual({ code: 0, err: "" });
    expect(tree(folder)).toEqual(before);
    return ran.out;
  };

  test("start over says so, and plans all items", async () => {
    const folder = folderWithItems();
    await stoppedAfterOne(folder);
    const out = await dry(folder, "--no-resume");
    expect(out).toContain(WORDS.startOver[lang]);
    expect(out).toMatch(/3 pending|待处理 3/);
  });

  test("have nothing to do says so", async () => {
    const folder = folderWithItems();
    expect((await ckpt(folder, [...RUN, ...CAT])).code).toBe(0);
    expect(await dry(folder)).toContain(WORDS.nothing[lang]);
  });

  test.each([
    ["ask about the checkpoint", stoppedAfterOne, WORDS.asks],
    [
      "ask about the output",
      async (folder: string) => fs.writeFileSync(path.join(folder, "q.results.jsonl"), "mine\n"),
      WORDS.asksOutput,
    ],
  ] as const)("%s says so on the terminal, and asks nothing", async (_what, prepare, expected) => {
    const folder = folderWithItems();
    await prepare(folder);
    const words = [...RUN, "--lang", lang, "--dry-run", ...CAT];
    await using terminal = new Terminal(folder, words, { columns: 120 });
    expect(await terminal.exitCode()).toBe(0);
    expect(terminal.screen()).toContain(expected[lang]);
  });
});

test.each([
  ["start", [] as const, "--no-resume"],
  ["resume", ["--limit", "1"] as const, "--resume"],
])("the action %s is in the JSON", async (action, earlier, option) => {
  const folder = folderWithItems();
  if (earlier.length > 0) await stoppedAfterOne(folder);
  const ran = await ckpt(folder, [...RUN, option, "--dry-run", "--json", ...CAT]);
  expect(JSON.parse(ran.out)).toMatchObject({ action });
});

test("the plan is that of the run: an input that has grown since failures were accepted", async () => {
  const folder = folderWithItems();
  const job = ["--", "sh", "-c", 'echo "$1" >> marks; test "$1" != b', "x", "{}"];
  expect((await ckpt(folder, [...RUN, "--failed", "keep", ...job])).code).toBe(3);
  writeLines(folder, "q.txt", ["a", "b", "c", "d"]);
  const dry = await ckpt(folder, [...RUN, "--dry-run", "--json", ...job]);
  const { plan } = JSON.parse(dry.out) as { readonly plan: { readonly pending: number } };
  const before = read(folder, "marks").length;
  await ckpt(folder, [...RUN, ...job]);
  expect((read(folder, "marks").length - before) / 2).toBe(plan.pending);
});
