// Runs of the executable that go on until a test opens a gate, and their live channels.
import * as fs from "node:fs";
import * as path from "node:path";
import type { ChangeAnswer, LiveStatus } from "../../lib/view/channel/contract.ts";
import { type Ran, start, newFolder, writeLines } from "./ckpt.ts";
import { until } from "./until.ts";

export const ITEMS = 40;

export type LiveRun = {
  readonly folder: string;
  readonly child: ReturnType<typeof start>;
  readonly socket: string;
  /** Lets all items through, and waits for the end. */
  finish(): Promise<Ran>;
};

/** A folder with `items.txt`, `gate.ts` (a module) and `worker.py`, whose items wait until the file `open` exists. */
export function gatedFolder(items: number = ITEMS): string {
  const folder = newFolder();
  writeLines(
    folder,
    "items.txt",
    Array.from({ length: items }, (_, at) => `item ${at}`),
  );
  fs.writeFileSync(
    path.join(folder, "gate.ts"),
    `import { existsSync } from "node:fs";
export default async function wait(item: unknown): Promise<unknown> {
  while (!existsSync("open")) await Bun.sleep(10);
  return item;
}
`,
  );
  fs.writeFileSync(
    path.join(folder, "worker.py"),
    `import json, os, sys, time
for line in sys.stdin:
    while not os.path.exists("open"):
        time.sleep(0.01)
    request = json.loads(line)
    print(json.dumps({"index": request["index"], "output": request["item"]}), flush=True)
`,
  );
  return folder;
}

export const GATED_SHELL = "while [ ! -e open ]; do sleep 0.02; done; cat";

export function openGate(folder: string): void {
  fs.writeFileSync(path.join(folder, "open"), "");
}

/** Starts `ckpt run ARGS` and waits until its channel answers. */
export async function liveRun(
  folder: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<LiveRun> {
  const child = start(folder, ["run", ...args], env);
  const socket = path.join(folder, "checkpoints", "run.sock");
  const said = Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  await until(async () => child.exitCode !== null || (await isAnswering(socket)), "the live channel");
  return {
    folder,
    child,
    socket,
    finish: async () => {
      openGate(folder);
      const [out, err, code] = await said;
      return { out, err, code };
    },
  };
}

async function isAnswering(socket: string): Promise<boolean> {
  try {
    return (await fetch("http://ckpt/status", { unix: socket })).ok;
  } catch {
    return false;
  }
}

export async function statusOf({ socket }: Pick<LiveRun, "socket">): Promise<LiveStatus> {
  return (await (await fetch("http://ckpt/status", { unix: socket })).json()) as LiveStatus;
}

export async function change({ socket }: LiveRun, body: unknown): Promise<ChangeAnswer> {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const response = await fetch("http://ckpt/settings", { unix: socket, method: "POST", body: text });
  return (await response.json()) as ChangeAnswer;
}

/** Waits until a status fits. */
export async function untilStatus(
  run: Pick<LiveRun, "socket">,
  fits: (status: LiveStatus) => boolean,
  what: string,
): Promise<LiveStatus> {
  let last: LiveStatus | null = null;
  await until(
    async () => {
      last = await statusOf(run);
      return fits(last);
    },
    () => `${what}; last: ${JSON.stringify(last).slice(0, 2000)}`,
  );
  return last ?? statusOf(run);
}
