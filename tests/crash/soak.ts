// A soak: for three minutes, processors of all kinds that fail, hang until their timeout, die, print much, and leave processes behind. Open files,
// child processes and memory stay flat, and nothing is left at the end.
import { mockEndpoint } from "../helpers/mock-endpoint.ts";
import type { Figures, Size } from "./figures.ts";
import { watch, type WatchedJob } from "./sampled-run.ts";

const SECONDS: Readonly<Record<Size, number>> = { quick: 6, full: 180 };

export async function soak(size: Size): Promise<Figures> {
  const mock = await mockEndpoint({
    forgets: true,
    reply: ({ number }) => ROUGH[number % ROUGH.length] ?? { kind: "hang" },
  });
  try {
    const watched = await Promise.all(jobsOf(SECONDS[size], mock.url).map(watch));
    const faults = watched.flatMap((one) => one.faults);
    const figures = Object.assign({}, ...watched.map((one) => one.figures));
    return { method: "soak", figures: { seconds: SECONDS[size], ...figures, faults: faults.length }, faults };
  } finally {
    await mock.stop();
  }
}

/** What a rough endpoint does in turn. */
const ROUGH = [
  { kind: "answer" },
  { kind: "status", status: 500 },
  { kind: "answer", content: "x".repeat(1 << 20) },
  { kind: "cut" },
  { kind: "answer" },
  { kind: "half" },
  { kind: "raw", body: "no JSON" },
  { kind: "hang" },
  { kind: "answer" },
] as const;

const ROUGH_MODULE = [
  'import { spawn } from "node:child_process";',
  "export async function process(item: { n: number }, { signal }: { signal: AbortSignal }) {",
  "  switch (item.n % 6) {",
  '    case 1: throw new Error("no luck");',
  "    case 2: return new Promise(() => undefined);",
  '    case 3: spawn("sleep", ["0.2"], { stdio: "ignore" }); return 3;',
  '    case 4: return "x".repeat(1 << 20);',
  '    case 5: await Bun.sleep(5); return Promise.reject("no error");',
  "    default: return signal.aborted;",
  "  }",
  "}",
];
const ROUGH_WORKER = [
  "import json, subprocess, sys, time",
  "for line in sys.stdin:",
  '    request = json.loads(line); n = request["item"]["n"] % 40; answer = {"index": request["index"]}',
  '    if n == 1: print("no JSON", flush=True); continue',
  "    if n == 2: sys.exit(3)",
  "    if n == 3: time.sleep(1000)",
  '    if n == 4: subprocess.Popen(["sleep", "0.2"], start_new_session=True)',
  '    if n == 5: sys.stderr.write("e" * 100000)',
  '    if n % 5 == 0: answer["error"] = {"message": "no luck"}',
  '    else: answer["output"] = "x" * (1 << 20 if n == 6 else 100)',
  "    print(json.dumps(answer), flush=True)",
];
const ROUGH_SCRIPT = [
  "case $(($1 % 8)) in",
  "1) exit 1;;",
  "2) sleep 1000;;",
  "3) sleep 1000 & setsid sleep 0.2 & echo left;;",
  "4) head -c 1000000 /dev/zero | tr '\\0' x;;",
  "5) kill -SEGV $$;;",
  "6) head -c 3000000 /dev/zero | tr '\\0' e >&2; exit 2;;",
  "*) cat;;",
  "esac",
];

function jobsOf(seconds: number, url: string): readonly WatchedJob[] {
  const retries = ["--retries", "1", "--retry-delay", "10ms"];
  const common = ["-j", "4", "--max-time", `${seconds}s`, "--grace", "1s"];
  // A worker's program is started again each time it hangs or dies, and has to come to its first answer within the limit on a busy machine, too.
  const limit = (ms: number): readonly string[] => ["--timeout", `${ms}ms`];
  const words = {
    module: [...retries, "--module", "rough.ts"],
    worker: ["--worker-inflight", "2", ...retries, "--worker", "--", "python3", "rough.py"],
    endpoint: [...retries, ..."--model m --prompt {n} --base-url".split(" "), url],
    command: [...retries, "--", "sh", "rough.sh", "{n}"],
  };
  return Object.entries(words).map(([kind, args]) => ({
    name: kind,
    items: 1_000_000,
    args: [...common, ...limit(kind === "worker" ? 2000 : 300), ...args],
    files: { "rough.ts": ROUGH_MODULE, "rough.py": ROUGH_WORKER, "rough.sh": ROUGH_SCRIPT },
    code: 4,
    secondsMin: seconds - 1,
  }));
}
