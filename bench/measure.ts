// Times whole commands, as a user waits for them: two in turn (A B A B …), so that what else the machine does falls on both alike.

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

export type Sample = { readonly seconds: number; readonly peakMb: number };

/** Median and spread of some figures. */
export type Spread = { readonly median: number; readonly min: number; readonly max: number };

/** Runs a command once. @throws when it ends with another code than it should */
export async function time(timed: Timed): Promise<Sample> {
  timed.prepare?.();
  const start = performance.now();
  const child = Bun.spawn([...timed.argv], {
    cwd: timed.cwd,
    stdin: timed.stdin === undefined ? "ignore" : Bun.file(timed.stdin),
    stdout: "ignore",
    stderr: "pipe",
    env: { ...process.env, NO_COLOR: "1", LC_ALL: "C.UTF-8", ...timed.env },
  });
  const [code, errors] = await Promise.all([child.exited, new Response(child.stderr).text()]);
  const seconds = (performance.now() - start) / 1000;
  if (!(timed.codes ?? [0]).includes(code)) {
    throw new Error(`${timed.argv.join(" ").slice(0, 200)}: exit code ${code}\n${errors.slice(-2000)}`);
  }
  return { seconds, peakMb: (child.resourceUsage()?.maxRSS ?? 0) / 1e6 };
}

export function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  const median = sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? 0)) / 2;
  return { median, min: sorted[0] ?? 0, max: sorted.at(-1) ?? 0 };
}

export type Paired = {
  readonly ours: Spread;
  readonly theirs: Spread;
  /** theirs / ours, pair by pair: above 1 when ckpt is faster. */
  readonly ratio: Spread;
  readonly peakMb: number;
};

/** Times both in turn, `pairs` times, after one run of each that does not count. */
export async function pair(ours: Timed, theirs: Timed, pairs: number): Promise<Paired> {
  const taken: { ours: Sample; theirs: Sample }[] = [];
  for (let round = 0; round <= pairs; round++) {
    const sample = { ours: await time(ours), theirs: await time(theirs) };
    if (round > 0) taken.push(sample);
  }
  return {
    ours: spread(taken.map((sample) => sample.ours.seconds)),
    theirs: spread(taken.map((sample) => sample.theirs.seconds)),
    ratio: spread(taken.map((sample) => sample.theirs.seconds / sample.ours.seconds)),
    peakMb: Math.max(...taken.map((sample) => sample.ours.peakMb)),
  };
}
