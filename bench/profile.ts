// Where the time goes: `bun bench/profile.ts [command] [worker] [module] [endpoint]` (default: all) profiles a run of each processor two ways and prints
// the top of each: bun's sampling profiler over the sources, and the system calls of the executable (strace -c). Callgrind does not end in minutes.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { commandRun } from "./cases/commands.ts";
import { endpointRun } from "./cases/endpoint.ts";
import { moduleRun } from "./cases/module.ts";
import { workerRun } from "./cases/worker.ts";
import { selfTimes, type CpuProfile } from "./cpu-profile.ts";
import { startEndpoint } from "./endpoint-server.ts";
import { machineLine } from "./machine.ts";
import { time, type Timed } from "./measure.ts";
import { openPlace, type Place, ROOT } from "./place.ts";

const TOP = 20;

type Profiled = {
  readonly items: number;
  readonly run: (place: Place, items: number, baseUrl: string) => Timed;
};

const PROCESSORS: Readonly<Record<string, Profiled>> = {
  command: {
    items: 2000,
    run: (place, items) => commandRun(place, place.lines(items), { batch: 10, jobs: 2 }),
  },
  worker: { items: 50_000, run: (place, items) => workerRun(place, place.items(items)) },
  module: { items: 200_000, run: (place, items) => moduleRun(place, place.items(items), 1000) },
  endpoint: {
    items: 6400,
    run: (place, items, baseUrl) => endpointRun(place, place.questions(items), baseUrl, "64"),
  },
};

const names = process.argv.slice(2);
const place = openPlace();
process.on("exit", () => place.remove());
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(1));
const server = await startEndpoint({ latencyMs: 20 });
console.log(machineLine());
try {
  for (const [name, { items, run }] of Object.entries(PROCESSORS)) {
    if (names.length > 0 && !names.includes(name)) continue;
    const timed = run(place, items, server.baseUrl);
    await time(timed); // makes the data, warms the caches
    console.log(`\n## ${name}, ${items.toLocaleString("en")} items`);
    await sampled(timed, items);
    await systemCalls(timed, items);
  }
} finally {
  await server.stop();
}

/** The same run from the sources: a compiled executable takes no options of bun. */
async function sampled(timed: Timed, items: number): Promise<void> {
  const folder = place.file("profiles");
  place.clean("profiles");
  const options = ["--cpu-prof", `--cpu-prof-dir=${folder}`, join(ROOT, "cli.ts")];
  await time({ ...timed, argv: [process.execPath, ...options, ...timed.argv.slice(1)] });
  for (const file of readdirSync(folder).toSorted()) {
    const profile = JSON.parse(readFileSync(join(folder, file), "utf8")) as CpuProfile;
    const { totalUs, entries } = selfTimes(profile, ROOT);
    console.log(
      `\nbun --cpu-prof: ${(totalUs / 1e6).toFixed(2)} s, ${(totalUs / items).toFixed(1)} µs an item\n`,
    );
    console.log("| self time | µs an item | where |\n|---|---|---|");
    for (const { name, us } of entries.slice(0, TOP))
      console.log(`| ${((100 * us) / totalUs).toFixed(1)} % | ${(us / items).toFixed(2)} | ${name} |`);
  }
}

/** System calls of ckpt and its threads, without those of the programs it runs. */
async function systemCalls(timed: Timed, items: number): Promise<void> {
  if (Bun.which("strace") === null) {
    console.log("\nmissing: strace");
    return;
  }
  const file = place.file("strace.txt");
  // -b execve: a child is let go as soon as it becomes another program.
  const options = ["-f", "-c", "-b", "execve", "-o", file];
  await time({ ...timed, argv: ["strace", ...options, ...timed.argv] });
  console.log("\nstrace -c:\n\n| system call | calls | an item | µs a call, traced |\n|---|---|---|---|");
  const lines = readFileSync(file, "utf8").split("\n").slice(2);
  for (const line of lines.slice(0, TOP)) {
    const fields = line.trim().split(/\s+/);
    const [calls, call] = [Number(fields[3]), fields.at(-1) ?? ""];
    if (Number.isNaN(calls)) break;
    console.log(`| ${call} | ${calls} | ${(calls / items).toFixed(2)} | ${fields[2] ?? ""} |`);
  }
}
