// docs/scale-out.md and .zh.md: the figures are those of the simulation, both pages say the same, and the commands do what they say. Slurm's sbatch is a script here that
// runs what is submitted at once.
// Needs python3, bash.
import { describe, expect, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { plotText, tableLines } from "../../bench/preemption/study.ts";
import { newFolder, read, writeLines } from "../helpers/ckpt.ts";
import { shell } from "../helpers/shell.ts";

const ROOT = path.resolve(import.meta.dir, "../..");
const PAGES = ["scale-out.md", "scale-out.zh.md"] as const;
const pageOf = (name: string): string => fs.readFileSync(path.join(ROOT, "docs", name), "utf8");
const fencesOf = (page: string): string[] =>
  [...page.matchAll(/```sh\n([^]*?)```/g)].map((match) => (match[1] ?? "").replaceAll(/ {2,}# .*$/gm, ""));

test("the table of both pages is what the simulation says", () => {
  const table = tableLines();
  expect(table).toHaveLength(4);
  for (const name of PAGES) expect(pageOf(name)).toContain(table.map((line) => `${line}\n`).join(""));
});

test("the plot is what the simulation draws", () => {
  expect(fs.readFileSync(path.join(ROOT, "docs/scale-out.svg"), "utf8")).toBe(plotText());
});

test("both pages say the same in the same order, with the same commands and numbers of tables", () => {
  const [english, chinese] = PAGES.map((name) => pageOf(name));
  const shape = (page = ""): string[] =>
    page.split("\n").flatMap((line) => /^(?:#+ |```\w*|!\[|\| |\|---|- )/.exec(line)?.[0] ?? []);
  expect(shape(chinese)).toEqual(shape(english));
  expect(fencesOf(chinese ?? "")).toEqual(fencesOf(english ?? ""));
});

/** Runs each task of an array, and each command, when it is submitted. */
const SBATCH = `#!/bin/bash
array= wrap=
while [ $# -gt 0 ]; do
  case $1 in
    --array=*) array=\${1#*=} ;;
    --wrap) wrap=$2; shift ;;
    --*) ;;
    *) break ;;
  esac
  shift
done
echo 77
exec >> slurm.out 2>&1
[ -z "$wrap" ] || { bash -c "$wrap"; exit 0; }
export SLURM_JOB_ID=77 SLURM_ARRAY_JOB_ID=77 SLURM_ARRAY_TASK_STEP=1
ids=$(for part in \${array//,/ }; do seq "\${part%-*}" "\${part#*-}"; done)
export SLURM_ARRAY_TASK_MIN=$(head -n 1 <<< "$ids") SLURM_ARRAY_TASK_MAX=$(tail -n 1 <<< "$ids")
export SLURM_ARRAY_TASK_COUNT=$(wc -l <<< "$ids")
for id in $ids; do SLURM_ARRAY_TASK_ID=$id bash "$@" || true; done
`;

const ITEMS = 30;

/** A folder with the examples, questions, and a program that answers them. */
function jobFolder(): string {
  const folder = newFolder();
  fs.cpSync(path.join(ROOT, "examples"), path.join(folder, "examples"), { recursive: true });
  const lines = Array.from(
    { length: ITEMS },
    (_, at) => `{"id":"q${at + 1}","question":"What is ${at + 1}?"}`,
  );
  writeLines(folder, "questions.jsonl", lines);
  writeLines(folder, "solve.py", [
    "import sys",
    'open("ran", "a").write("x\\n")',
    "print(sys.argv[1].upper())",
  ]);
  fs.mkdirSync(path.join(folder, "bin"));
  fs.writeFileSync(path.join(folder, "bin/sbatch"), SBATCH, { mode: 0o755 });
  fs.symlinkSync(Bun.which("python3") ?? "python3", path.join(folder, "bin/python"));
  return folder;
}

async function run(folder: string, script: string): Promise<string> {
  const ran = await shell(folder, `PATH="$PWD/bin:$PATH"; ${script}`);
  expect({ script, code: ran.code, err: ran.err }).toMatchObject({ script, code: 0 });
  return ran.out;
}

const outputs = (folder: string, name: string): string[] =>
  read(folder, name)
    .trim()
    .split("\n")
    .map((line) => (JSON.parse(line) as { output: string }).output);
const ANSWERS = Array.from({ length: ITEMS }, (_, at) => `WHAT IS ${at + 1}?`);

describe("the commands", () => {
  const fences = fencesOf(pageOf("scale-out.md"));
  const fenceWith = (text: string): string => {
    const found = fences.find((fence) => fence.includes(text));
    if (found === undefined) throw new Error(`no commands with ${text}`);
    return found;
  };

  test("by hand, and by a variable", async () => {
    const folder = jobFolder();
    const [typed = "", auto = "", merge = ""] = fences[0]?.trim().split("\n") ?? [];
    await run(folder, typed);
    for (let index = 1; index <= 16; index++)
      if (index !== 3) await run(folder, `export CKPT_SHARD=${index}/16; ${auto}`);
    await run(folder, merge);
    expect(outputs(folder, "results.jsonl")).toEqual(ANSWERS);
  });

  test("of several machines with folders of their own: copied together, they are merged", async () => {
    const [here, other] = [jobFolder(), jobFolder()];
    for (const [folder, index] of [
      [here, 1],
      [other, 2],
    ] as const)
      await run(folder, `ckpt run questions.jsonl --id id --shard ${index}/2 -- python solve.py {question}`);
    fs.cpSync(path.join(other, "checkpoints"), path.join(here, "checkpoints"), { recursive: true });
    await run(here, "ckpt merge checkpoints -o results.jsonl");
    expect(outputs(here, "results.jsonl")).toEqual(ANSWERS);
  });

  test("a job on Slurm: submitted, looked at, and what is missing submitted again", async () => {
    const folder = jobFolder();
    const [submit = "", info = "", again = ""] = fenceWith("submit.sh 256")
      .replaceAll("256", "4")
      .trim()
      .split("\n");
    await run(folder, `export TASKS=0,2-3; ${submit}`);
    expect(fs.existsSync(path.join(folder, "results.jsonl"))).toBe(false);
    expect(await run(folder, info)).toContain("3 of 4 done");
    await run(folder, again);
    expect(outputs(folder, "results.jsonl")).toEqual(ANSWERS);
    expect(read(folder, "ran").trim().split("\n")).toHaveLength(ITEMS);
  });

  test("a large input in several files, each with shards of its own", async () => {
    const folder = jobFolder();
    await run(folder, fenceWith("split ").replace("20000000", "12").replace("320", "3"));
    expect(fs.readdirSync(path.join(folder, "checkpoints")).toSorted()).toEqual(["000", "001", "002"]);
    expect(await run(folder, fenceWith("cat results/"))).not.toContain("not done");
    expect(outputs(folder, "results.jsonl")).toEqual(ANSWERS);
  });
});
