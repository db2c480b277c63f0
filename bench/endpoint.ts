// How fast ckpt gets a question set through a chat endpoint: against a latency, against slots, against a rate limit. `bun bench/endpoint.ts
// [speed] [slots] [rate]` runs the parts named (default: all; `rate` takes six minutes). Needs `bun run build`.
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import type { Limits } from "../tests/helpers/mock-endpoint.ts";

const ROOT = path.resolve(import.meta.dir, "..");
const EXECUTABLE = path.join(ROOT, "dist/ckpt");

type Counted = {
  readonly requests: readonly { readonly atMs: number; readonly refused: boolean }[];
  readonly paid: readonly number[];
  readonly mostAtOnce: number;
};

type Measured = Counted & { readonly items: number; readonly elapsedS: number; readonly code: number };

/** Runs `items` questions with these options against an endpoint, and says what both sides counted. */
async function measure(
  items: number,
  endpoint: { readonly latencyMs: number; readonly limits?: Limits },
  options: readonly string[],
): Promise<Measured> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "ckpt-bench-"));
  const lines = Array.from({ length: items }, (_, i) =>
    JSON.stringify({ question: `What is ${i} and why?` }),
  );
  fs.writeFileSync(path.join(folder, "q.jsonl"), `${lines.join("\n")}\n`);
  const server = Bun.spawn(
    [process.execPath, path.join(import.meta.dir, "mock-server.ts"), JSON.stringify(endpoint)],
    { stdin: "pipe", stdout: "pipe", stderr: "inherit" },
  );
  const output = server.stdout.getReader();
  const decoder = new TextDecoder();
  const port = Number(decoder.decode((await output.read()).value));
  const url = `http://127.0.0.1:${port}/v1`;
  const words = [
    "run",
    "q.jsonl",
    "--model",
    "mock",
    "--prompt",
    "{question}",
    "--base-url",
    url,
    "--json",
    "-q",
  ];
  const run = Bun.spawn([EXECUTABLE, ...words, ...options], {
    cwd: folder,
    env: { PATH: process.env["PATH"] ?? "", HOME: folder },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const summary = JSON.parse(await run.stdout.text()) as { readonly elapsed_ms: number };
  const code = await run.exited;
  await server.stdin.end();
  let text = "";
  for (let part = await output.read(); !part.done; part = await output.read())
    text += decoder.decode(part.value);
  fs.rmSync(folder, { recursive: true, force: true });
  return { ...(JSON.parse(text) as Counted), items, code, elapsedS: summary.elapsed_ms / 1000 };
}

const perS = ({ items, elapsedS }: Measured): number => items / elapsedS;
const show = (name: string, value: number, floor: number): void =>
  console.log(`${value >= floor ? "ok  " : "LOW "} ${name}: ${value.toFixed(3)} (floor ${floor})`);

/** What a bare loop of fetch reaches on the same machine at the same time, 64 at once. */
async function bareLoop(items: number): Promise<number> {
  const server = Bun.spawn(
    [process.execPath, path.join(import.meta.dir, "mock-server.ts"), JSON.stringify({ latencyMs: 20 })],
    { stdin: "pipe", stdout: "pipe", stderr: "inherit" },
  );
  const first = await server.stdout.getReader().read();
  const url = `http://127.0.0.1:${Number(new TextDecoder().decode(first.value))}/v1/chat/completions`;
  const startMs = performance.now();
  let asked = 0;
  const ask = async (): Promise<void> => {
    while (asked++ < items) {
      const body = JSON.stringify({
        model: "mock",
        messages: [{ role: "user", content: `What is ${asked}?` }],
      });
      await (await fetch(url, { method: "POST", body })).json();
    }
  };
  await Promise.all(Array.from({ length: 64 }, ask));
  const elapsedS = (performance.now() - startMs) / 1000;
  server.kill();
  return items / elapsedS;
}

async function speed(): Promise<void> {
  const bare = await bareLoop(20_000);
  const measured = await measure(20_000, { latencyMs: 20 }, ["-j", "64"]);
  console.log(`     ${perS(measured).toFixed(0)} items/s at 20 ms, -j 64; a bare loop: ${bare.toFixed(0)}`);
  show("of 3200 items/s", perS(measured) / 3200, 0.85);
}

async function slots(): Promise<void> {
  const endpoint = { latencyMs: 20, limits: { slots: 64, says: "nothing" } } as const;
  let best = 0;
  for (const jobs of [32, 48, 64]) {
    const reached = perS(await measure(20_000, endpoint, ["-j", String(jobs)]));
    console.log(`     ${reached.toFixed(0)} items/s, 64 slots, -j ${jobs}`);
    best = Math.max(best, reached);
  }
  const auto = await measure(20_000, endpoint, ["-j", "auto"]);
  const refused = auto.requests.filter((request) => request.refused).length;
  console.log(`     ${perS(auto).toFixed(0)} items/s, 64 slots, -j auto, ${refused} refused`);
  show("-j auto of the best fixed -j", perS(auto) / best, 0.7);
}

/** Refusals behind the first cool-down, and the part of the limit that was used. */
async function rate(
  name: string,
  latencyMs: number,
  options: readonly string[],
  says: Limits["says"] = "seconds",
): Promise<void> {
  const limits = { rpm: 600, burst: 10, says };
  const measured = await measure(1800, { latencyMs, limits }, options);
  const { requests } = measured;
  const first = requests.find((request) => request.refused);
  // The first cool-down begins with the first refusal, and ends where requests come again.
  const resumed = requests.findIndex(
    (request, at) =>
      first !== undefined && request.atMs > first.atMs && request.atMs - (requests[at - 1]?.atMs ?? 0) > 100,
  );
  const behind = first === undefined ? requests : requests.slice(Math.max(0, resumed));
  const refused = behind.filter((request) => request.refused).length;
  const spanS = ((requests.at(-1)?.atMs ?? 0) - (requests[0]?.atMs ?? 0)) / 1000;
  const accepted = requests.filter((request) => !request.refused).length;
  console.log(
    `     ${name}: ${spanS.toFixed(1)} s, ${requests.length - accepted} refused in all, ${refused} behind the first cool-down`,
  );
  show(`${name}: 1 - refusals`, 1 - refused / behind.length, 0.98);
  show(`${name}: used of the limit`, accepted / (spanS * 10 + 10), 0.9);
}

const parts = process.argv.slice(2);
const wants = (part: string): boolean => parts.length === 0 || parts.includes(part);
if (wants("speed")) await speed();
if (wants("slots")) await slots();
if (wants("rate")) {
  await rate("--rpm 600", 20, ["--rpm", "600"]);
  await rate("-j auto", 20, []);
}
if (parts.includes("rate-more")) {
  await Promise.all([
    rate("-j auto, says nothing, 200 ms", 200, [], "nothing"),
    rate("-j auto, says ms, 1 s", 1000, [], "ms"),
    rate("--rpm 600, 500 ms", 500, ["--rpm", "600"], "nothing"),
    rate("-j auto, seconds, 20 ms", 20, []),
  ]);
}
