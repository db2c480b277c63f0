// A run of ckpt that is watched: open files, child processes and memory are sampled from /proc while it goes on, and compared between the first and
// the last third. At its end nothing that it started may be left.
import * as fs from "node:fs";
import * as path from "node:path";
import { newFolder, start, writeLines } from "../helpers/ckpt.ts";
import { descendantsOf, killAll, memoryOf, pidsWith } from "../helpers/processes.ts";

const MARK = "CKPT_TEST_RESOURCES";
const EVERY_MS = 5;
/** A run that was over before there were so many samples says nothing. */
const SAMPLES_MIN = 9;
/**
 * Growth between the first third and the last that counts as flat: descriptors and children at most, and the median of the memory, which goes up and down
 * by 30 MB with the collector: over 150 000 requests the live heap stayed at 7.8 MB and 42 000 objects.
 */
const MORE_FILES = 4;
const MORE_CHILDREN = 4;
const MORE_MEMORY_BYTES = 64 << 20;
const LIMIT_MS = 400_000;

type Sample = { readonly files: number; readonly children: number; readonly memoryBytes: number };

export type WatchedJob = {
  readonly name: string;
  readonly items: number;
  readonly args: readonly string[];
  /** Files beside the input, by name. */
  readonly files: Readonly<Record<string, readonly string[]>>;
  readonly code: number;
  /** It is to go on for so many seconds at least; default 0. */
  readonly secondsMin?: number;
};

export type Watched = {
  readonly figures: Readonly<Record<string, string>>;
  readonly faults: readonly string[];
};

/** A job that this machine is too fast for is made longer until there is something to see. */
export async function watch(job: WatchedJob): Promise<Watched> {
  const { samples, ...watched } = await watchOnce(job);
  if (samples >= SAMPLES_MIN || watched.faults.length > 0) return watched;
  return watch({ ...job, items: job.items * 4 });
}

async function watchOnce(job: WatchedJob): Promise<Watched & { readonly samples: number }> {
  const folder = newFolder();
  const items = Array.from({ length: job.items }, (_, n) => `{"n":${n}}`);
  writeLines(folder, "q.jsonl", items);
  for (const [name, lines] of Object.entries(job.files)) writeLines(folder, name, lines);
  const mark = crypto.randomUUID();
  const startMs = performance.now();
  const child = start(folder, ["run", "q.jsonl", ...job.args], { [MARK]: mark });
  const errors = child.stderr.text();
  const output = child.stdout.text();
  const samples = await sampled(child, folder);
  const said = await errors;
  await output;
  const faults = [...grown(samples), ...leftBy(mark)].map((fault) => `${job.name}: ${fault}`);
  if (child.exitCode !== job.code)
    faults.push(`${job.name}: ended with ${child.signalCode ?? child.exitCode}: ${said.slice(-500)}`);
  const seconds = (performance.now() - startMs) / 1000;
  if (seconds < (job.secondsMin ?? 0))
    faults.push(`${job.name}: ended after ${seconds.toFixed(1)} s: ${said.slice(-500)}`);
  fs.rmSync(folder, { recursive: true });
  const attempted = /This run: ([\d,]+) attempted/.exec(said)?.[1] ?? "";
  if (attempted === "") faults.push(`${job.name}: it does not say what it attempted`);
  const figures = { [job.name]: `(${attempted} items: ${told(samples)})` };
  return { figures, faults, samples: samples.length };
}

/** Samples from the first commit on until it ends; an odd one out is left out, where it ended in between. */
async function sampled(child: ReturnType<typeof start>, folder: string): Promise<readonly Sample[]> {
  const samples: Sample[] = [];
  const log = path.join(folder, "checkpoints/checkpoint_results.jsonl");
  for (const startMs = performance.now(); child.exitCode === null && child.signalCode === null;) {
    await Promise.race([child.exited, Bun.sleep(EVERY_MS)]);
    if (performance.now() - startMs > LIMIT_MS) child.kill("SIGKILL");
    const isUnderWay = fs.existsSync(log) && fs.statSync(log).size > 0;
    const sample = isUnderWay ? sampleOf(child.pid) : null;
    if (sample !== null) samples.push(sample);
  }
  return samples;
}

function sampleOf(pid: number): Sample | null {
  try {
    const memory = memoryOf(pid);
    if (memory === null) return null;
    const files = fs.readdirSync(`/proc/${pid}/fd`).length;
    return { files, children: descendantsOf(pid).length, memoryBytes: memory.nowBytes };
  } catch {
    return null; // it has ended
  }
}

function thirds(samples: readonly Sample[]): readonly [readonly Sample[], readonly Sample[]] {
  const third = Math.floor(samples.length / 3);
  return [samples.slice(0, third), samples.slice(-third)];
}

const most = (samples: readonly Sample[], key: keyof Sample): number =>
  samples.reduce((largest, sample) => Math.max(largest, sample[key]), 0);

function median(samples: readonly Sample[]): number {
  const sorted = samples.map(({ memoryBytes }) => memoryBytes).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

function grown(samples: readonly Sample[]): readonly string[] {
  if (samples.length < SAMPLES_MIN) return [];
  const [first, last] = thirds(samples);
  const faults: string[] = [];
  const compare = (what: string, before: number, after: number, more: number): void => {
    if (after > before + more) faults.push(`${what} grow from ${before} to ${after}`);
  };
  compare("open files", most(first, "files"), most(last, "files"), MORE_FILES);
  compare("child processes", most(first, "children"), most(last, "children"), MORE_CHILDREN);
  compare("bytes of memory", median(first), median(last), MORE_MEMORY_BYTES);
  return faults;
}

function leftBy(mark: string): readonly string[] {
  const left = pidsWith(MARK, mark);
  killAll(left);
  return left.length > 0 ? [`${left.length} processes are left`] : [];
}

/** First third → last third. */
function told(samples: readonly Sample[]): string {
  const [first, last] = thirds(samples);
  const megabytes = (part: readonly Sample[]): number => Math.round(median(part) / 1_000_000);
  const arrow = (key: "files" | "children"): string => `${most(first, key)}→${most(last, key)}`;
  return `files ${arrow("files")} children ${arrow("children")} MB ${megabytes(first)}→${megabytes(last)}`;
}
