// Times whole commands, as a user waits for them: two in turn (A B A B …), so that what else the machine does falls on both alike.
import { existsSync, readFileSync } from "node:fs";
import { cpus } from "node:os";

/** One command. `prepare` runs before each timing and is not timed. */
export type Timed = {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly prepare?: () => void;
  /** File that is its standard input; default: none. */
  readonly stdin?: string;
  /** Exit codes that are right; default: 0. */
  readonly codes?: readonly number[];
  readonly env?: Readonly<Record<string, string>>;
};

export type Sample = {
  readonly seconds: number;
  /** Time on a processor, of the command and of what it started and waited for. */
  readonly cpuSeconds: number;
  /** Part of all processors that was at work for something else meanwhile, 0 to 1. */
  readonly othersPart: number;
  /** Peak memory of the process itself; null when it ended before it was looked at, or the system does not tell. */
  readonly peakMb: number | null;
  /** What it wrote to standard error, piece by piece, each with the seconds since the start. */
  readonly said: readonly { readonly atSeconds: number; readonly text: string }[];
};

/** Median and spread of some figures. */
export type Spread = { readonly median: number; readonly min: number; readonly max: number };

/** Runs a command once. @throws when it ends with another code than it should */
export async function time(timed: Timed): Promise<Sample> {
  timed.prepare?.();
  const busyBefore = busySeconds();
  const start = performance.now();
  const sinceStart = (): number => (performance.now() - start) / 1000;
  const child = Bun.spawn([...timed.argv], {
    cwd: timed.cwd,
    stdin: timed.stdin === undefined ? "ignore" : Bun.file(timed.stdin),
    stdout: "ignore",
    stderr: "pipe",
    env: { ...process.env, NO_COLOR: "1", LC_ALL: "C.UTF-8", ...timed.env },
  });
  const said: { atSeconds: number; text: string }[] = [];
  const decoder = new TextDecoder();
  const listen = async (): Promise<void> => {
    for await (const chunk of child.stderr)
      said.push({ atSeconds: sinceStart(), text: decoder.decode(chunk, { stream: true }) });
  };
  const memory = watchMemory(child.pid);
  const [code] = await Promise.all([child.exited, listen()]);
  const seconds = sinceStart();
  const peakMb = memory.end();
  const cpuSeconds = Number(child.resourceUsage()?.cpuTime.total ?? 0) / 1e6;
  const othersPart = (busySeconds() - busyBefore - cpuSeconds) / (seconds * cpus().length);
  if (!(timed.codes ?? [0]).includes(code)) {
    const errors = said.map(({ text }) => text).join("");
    throw new Error(`${timed.argv.join(" ").slice(0, 200)}: exit code ${code}\n${errors.slice(-2000)}`);
  }
  return { seconds, cpuSeconds, othersPart, peakMb, said };
}

const TICKS_PER_SECOND = 100;

/** Seconds that all processors together have been at work since the machine started, less those of this process; 0 where there is no /proc. */
function busySeconds(): number {
  if (!existsSync("/proc/stat")) return 0;
  const [, ...fields] = readFileSync("/proc/stat", "utf8").split("\n", 1)[0]?.trim().split(/\s+/) ?? [];
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = fields.map(Number);
  const own = process.cpuUsage();
  const all = (user + nice + system + irq + softirq + steal) / TICKS_PER_SECOND;
  return all - (own.user + own.system) / 1e6;
}

const LOOK_MS = 20;

/**
 * Looks at the highest memory of a process until it ends. What wait4(2) tells is not it: the child begins as this very process, and keeps the memory of
 * that as its highest.
 */
function watchMemory(pid: number): { end(): number | null } {
  let peakKb: number | null = null;
  const timer = setInterval(() => {
    try {
      const found = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
      if (found !== undefined) peakKb = Math.max(peakKb ?? 0, Number(found));
    } catch {
      // It has ended, or there is no /proc: what was seen last stands.
    }
  }, LOOK_MS);
  return {
    end: () => {
      clearInterval(timer);
      return peakKb === null ? null : (peakKb * 1024) / 1e6;
    },
  };
}

export function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  const median = sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? 0)) / 2;
  return { median, min: sorted[0] ?? 0, max: sorted.at(-1) ?? 0 };
}

export type Side = {
  readonly timed: Timed;
  readonly samples: readonly Sample[];
  readonly seconds: Spread;
  /** The highest of all samples. */
  readonly peakMb: number | null;
};

export type Paired = {
  readonly ours: Side;
  readonly theirs: Side;
  /** theirs / ours, pair by pair: above 1 when ckpt is faster. */
  readonly ratio: Spread;
  /** The same of the time on a processor, which waiting does not show in, and others at work hardly do. */
  readonly cpuRatio: number;
  /** Part of all processors that was at work for something else, over all samples. */
  readonly othersPart: number;
};

function sideOf(timed: Timed, samples: readonly Sample[]): Side {
  return {
    timed,
    samples,
    seconds: spread(samples.map((sample) => sample.seconds)),
    peakMb: samples.reduce<number | null>(
      (most, { peakMb }) => (peakMb === null ? most : Math.max(most ?? 0, peakMb)),
      null,
    ),
  };
}

/** Times both in turn, `pairs` times, after one run of each that does not count. */
export async function pair(ours: Timed, theirs: Timed, pairs: number): Promise<Paired> {
  const taken: { ours: Sample; theirs: Sample }[] = [];
  for (let round = 0; round <= pairs; round++) {
    const sample = { ours: await time(ours), theirs: await time(theirs) };
    if (round > 0) taken.push(sample);
  }
  return {
    ours: sideOf(
      ours,
      taken.map((sample) => sample.ours),
    ),
    theirs: sideOf(
      theirs,
      taken.map((sample) => sample.theirs),
    ),
    ratio: spread(taken.map((sample) => sample.theirs.seconds / sample.ours.seconds)),
    cpuRatio: spread(taken.map((sample) => sample.theirs.cpuSeconds / sample.ours.cpuSeconds)).median,
    othersPart: spread(taken.flatMap(({ ours: a, theirs: b }) => [a.othersPart, b.othersPart])).median,
  };
}

/** Times a command alone, `times` times, after one run that does not count. */
export async function alone(timed: Timed, times: number): Promise<Side> {
  const taken: Sample[] = [];
  for (let round = 0; round <= times; round++) taken.push(await time(timed));
  return sideOf(timed, taken.slice(1));
}
