// Open files, child processes and memory stay flat over a hundred thousand items of each kind of processor.
import { mockEndpoint } from "../helpers/mock-endpoint.ts";
import type { Figures, Size } from "./figures.ts";
import { watch, type Watched, type WatchedJob } from "./sampled-run.ts";

type Kind = "module" | "worker" | "endpoint" | "command";

const ITEMS: Readonly<Record<Size, Readonly<Record<Kind, number>>>> = {
  quick: { module: 100_000, worker: 10_000, endpoint: 3000, command: 500 },
  full: { module: 100_000, worker: 100_000, endpoint: 100_000, command: 100_000 },
};

export async function resources(size: Size): Promise<Figures> {
  const mock = await mockEndpoint({ forgets: true });
  const watched: Watched[] = [];
  try {
    for (const job of jobsOf(ITEMS[size], mock.url)) watched.push(await watch(job));
  } finally {
    await mock.stop();
  }
  const faults = watched.flatMap((one) => one.faults);
  return {
    method: "resources",
    figures: { ...Object.assign({}, ...watched.map(({ figures }) => figures)), faults: faults.length },
    faults,
  };
}

const MODULE = [
  "export async function process(item: { n: number }) {",
  "  if (item.n % 10 === 0) await Bun.sleep(1);",
  '  return "x".repeat(200);',
  "}",
];
const WORKER = [
  "import json, sys",
  "for line in sys.stdin:",
  '    print(json.dumps({"index": json.loads(line)["index"], "output": "x" * 200}), flush=True)',
];

function jobsOf(items: Readonly<Record<Kind, number>>, url: string): readonly WatchedJob[] {
  const words: Readonly<Record<Kind, readonly string[]>> = {
    module: ["-j", "16", "-b", "100", "--module", "answer.ts"],
    worker: ["-j", "2", "-b", "100", "--worker-inflight", "16", "--worker", "--", "python3", "answer.py"],
    endpoint: ["-j", "32", "-b", "100", ..."--model m --prompt {n} --base-url".split(" "), url],
    command: ["-j", "2", "-b", "50", "--", "echo", "{n}"],
  };
  return Object.entries(words).map(([kind, args]) => ({
    name: kind,
    items: items[kind as Kind],
    args,
    files: { "answer.ts": MODULE, "answer.py": WORKER },
    code: 0,
  }));
}
