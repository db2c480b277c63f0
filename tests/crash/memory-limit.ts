// Out of memory: in a group of processes with a limit, the kernel kills ckpt when a module is too hungry, and the hungry command alone when that is it.
// Resumed, the job comes to the very output, and nothing recorded is run again.
import * as fs from "node:fs";
import * as path from "node:path";
import { ENV, EXECUTABLE, newFolder, read, writeLines } from "../helpers/ckpt.ts";
import { lookAt } from "../helpers/kill.ts";
import { type MemoryGroup, memoryGroup } from "../helpers/memory-group.ts";
import type { Figures, Size } from "./figures.ts";

const LIMIT_BYTES = 300 << 20;
const ITEMS = 300;
/** Items whose first attempt takes memory without end. */
const HUNGRY = [40, 41, 150, 290] as const;
const LIMIT_MS = 60_000;

const MODULE = [
  'import { appendFileSync, existsSync, writeFileSync } from "node:fs";',
  "const eaten: Buffer[] = [];",
  "export async function process(item: string, { index }: { index: number }) {",
  '  appendFileSync("marks", `${index}\\n`);',
  `  if (${JSON.stringify(HUNGRY)}.includes(index) && !existsSync(\`ate-\${index}\`)) {`,
  '    writeFileSync(`ate-${index}`, "");',
  "    for (;;) eaten.push(Buffer.alloc(8 << 20, 1));",
  "  }",
  "  await Bun.sleep(1);",
  "  return `answer to ${item}`;",
  "}",
];
const COMMAND =
  '[ "$1" = hungry ] && head -c 2000000000 /dev/zero | tail -n 1; echo "answer to $1"; [ "$1" != hungry ]';

/** The size makes no difference: it takes seconds. */
export async function memoryLimit(_size: Size): Promise<Figures> {
  const group = memoryGroup(LIMIT_BYTES);
  if (typeof group === "string")
    return { method: "memory limit", figures: {}, faults: [], skipped: [`memory limit (${group})`] };
  try {
    const module = await hungryModule(group);
    const commandFaults = await hungryCommand(group);
    const faults = [...module.faults, ...commandFaults];
    const figures = {
      "limit MiB": LIMIT_BYTES / (1 << 20),
      items: ITEMS,
      "kills of ckpt": module.kills,
      "kills by the kernel": group.kills(),
      faults: faults.length,
    };
    return { method: "memory limit", figures, faults };
  } finally {
    await group.remove();
  }
}

type Ran = { readonly code: number | null; readonly errors: string };

async function run(group: MemoryGroup, folder: string, args: readonly string[]): Promise<Ran> {
  const child = Bun.spawn([...group.enter, EXECUTABLE, "run", "q.txt", "-o", "out.jsonl", ...args], {
    cwd: folder,
    env: ENV,
    stdio: ["ignore", "ignore", "pipe"],
  });
  const timer = setTimeout(() => child.kill("SIGTERM"), LIMIT_MS);
  const [errors] = await Promise.all([child.stderr.text(), child.exited]);
  clearTimeout(timer);
  return { code: child.signalCode === "SIGKILL" ? null : child.exitCode, errors };
}

/** The module eats in the program's own memory, so that ckpt is killed; once for each hungry item at most, twice in one run never. */
async function hungryModule(
  group: MemoryGroup,
): Promise<{ readonly kills: number; readonly faults: readonly string[] }> {
  const folder = newFolder();
  const texts = Array.from({ length: ITEMS }, (_, i) => `t${i}`);
  writeLines(folder, "q.txt", texts);
  writeLines(folder, "answer.ts", MODULE);
  const faults: string[] = [];
  let kills = 0;
  for (let ended = false; !ended;) {
    const recorded = fs.existsSync(path.join(folder, "checkpoints")) ? lookAt(folder).recorded : null;
    const before = marksIn(folder).length;
    const { code, errors } = await run(group, folder, ["-j", "2", "-b", "10", "--module", "answer.ts"]);
    const again = marksIn(folder)
      .slice(before)
      .filter((index) => recorded?.has(index) === true);
    if (again.length > 0) faults.push(`recorded and run again: ${again.join(", ")}`);
    if (code === null) kills++;
    ended = code !== null || kills > HUNGRY.length;
    if (ended && code !== 0) faults.push(`module: ended with ${code}: ${errors.slice(-500)}`);
  }
  if (kills !== group.kills() || kills < 2) faults.push(`${kills} kills, ${group.kills()} by the kernel`);
  const lines = texts.map((text, index) =>
    JSON.stringify({ index, status: "ok", output: `answer to ${text}` }),
  );
  if (faults.length === 0 && read(folder, "out.jsonl") !== `${lines.join("\n")}\n`)
    faults.push("module: another output than expected");
  fs.rmSync(folder, { recursive: true });
  return { kills, faults };
}

async function hungryCommand(group: MemoryGroup): Promise<readonly string[]> {
  const folder = newFolder();
  writeLines(folder, "q.txt", ["one", "hungry", "three"]);
  const before = group.kills();
  const { code, errors } = await run(group, folder, ["-j", "2", "--", "sh", "-c", COMMAND, "sh", "{}"]);
  const faults: string[] = [];
  if (code !== 3) faults.push(`command: ended with ${code}: ${errors.slice(-500)}`);
  if (group.kills() === before) faults.push("command: the kernel killed nothing");
  const statuses = code === 3 ? [...read(folder, "out.jsonl").matchAll(/"status":"(\w+)"/g)] : [];
  const found = statuses.map(([, status]) => status).join(" ");
  if (code === 3 && found !== "ok failed ok") faults.push(`command: items are ${found}`);
  fs.rmSync(folder, { recursive: true });
  return faults;
}

function marksIn(folder: string): readonly number[] {
  if (!fs.existsSync(path.join(folder, "marks"))) return [];
  return read(folder, "marks").trim().split("\n").map(Number);
}
