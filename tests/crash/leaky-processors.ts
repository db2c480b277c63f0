// Processors of three kinds that leave processes behind at each attempt (litter.sh) and then do what the item says: ok, fail, hang; `later`: be ok
// once the file `now` is there; `once`: hang at the first attempt, be ok at the next. Each attempt adds a byte to the file `begun`.
import * as path from "node:path";
import { writeLines } from "../helpers/ckpt.ts";

export const KINDS = ["command", "module", "worker"] as const;
export type Kind = (typeof KINDS)[number];
const LITTER = path.resolve(import.meta.dir, "../fixtures/processors/litter.sh");

const MODULE = [
  'import { spawn } from "node:child_process";',
  'import { appendFileSync, existsSync, writeFileSync } from "node:fs";',
  "const litter = (name: string) => {",
  `  spawn("sh", [${JSON.stringify(LITTER)}, name], { stdio: "ignore" });`,
  "};",
  'export const setup = () => litter("litter-setup");',
  "export async function process(item: string, { index, signal }: { index: number; signal: AbortSignal }) {",
  "  litter(`litter-${index}`);",
  "  while (!existsSync(`litter-${index}`)) await Bun.sleep(5);",
  '  appendFileSync("begun", "x");',
  '  if (item === "fail") throw new Error("no luck");',
  '  const isHung = item === "hang" || (item === "once" && !existsSync(`once-${index}`));',
  '  if (item === "later") while (!existsSync("now")) await Bun.sleep(5);',
  '  if (item === "once") writeFileSync(`once-${index}`, "");',
  '  if (isHung) await new Promise((resolve) => signal.addEventListener("abort", resolve));',
  '  return "done";',
  "}",
];

const SCRIPT = [
  `sh ${LITTER} litter-$CKPT_ITEM_INDEX </dev/null >/dev/null 2>&1`,
  "printf x >> begun",
  'case "$1" in',
  "fail) exit 1;;",
  "hang) sleep 1000;;",
  'once) [ -e "once-$CKPT_ITEM_INDEX" ] || { touch "once-$CKPT_ITEM_INDEX"; sleep 1000; };;',
  "later) until [ -e now ]; do sleep 0.01; done;;",
  "esac",
  "echo done",
];

const WORKER = [
  "import json, os, subprocess, sys, time",
  "for line in sys.stdin:",
  '    request = json.loads(line); index = str(request["index"]); item = request["item"]',
  "    null = subprocess.DEVNULL",
  `    subprocess.run(["sh", ${JSON.stringify(LITTER)}, "litter-" + index], stdin=null, stdout=null, stderr=null)`,
  '    with open("begun", "a") as begun: begun.write("x")',
  '    error = {"index": request["index"], "error": {"message": "no luck"}}',
  '    if item == "fail": print(json.dumps(error), flush=True); continue',
  '    if item == "later":',
  '        while not os.path.exists("now"): time.sleep(0.01)',
  '    is_hung = item == "hang" or (item == "once" and not os.path.exists("once-" + index))',
  '    if item == "once": open("once-" + index, "w").close()',
  "    if is_hung: time.sleep(1000)",
  '    print(json.dumps({"index": request["index"], "output": "done"}), flush=True)',
];

/** Writes the processor into a folder; returns the words that choose it. */
export function wordsFor(kind: Kind, folder: string): readonly string[] {
  switch (kind) {
    case "command":
      writeLines(folder, "answer.sh", SCRIPT);
      return ["--", "sh", "answer.sh", "{}"];
    case "module":
      writeLines(folder, "answer.ts", MODULE);
      return ["--module", "answer.ts"];
    case "worker":
      writeLines(folder, "answer.py", WORKER);
      return ["--worker", "--", "python3", "answer.py"];
  }
}
