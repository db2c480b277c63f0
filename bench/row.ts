// A line of the table: a figure of ckpt beside one of a peer or a limit, and the ratio that counts.
import { basename } from "node:path";
import type { Paired, Side, Spread, Timed } from "./measure.ts";
import { CKPT, ROOT } from "./place.ts";

export type Row = {
  /** Stable: the record of ratios (bench/record.json) goes by it. */
  readonly id: string;
  readonly what: string;
  readonly ours: string;
  readonly theirs: string;
  readonly ratio: Spread;
  /** What the ratio has to reach; null where nothing is promised. `most`: it must not be larger. */
  readonly floor: number | null;
  readonly most?: true;
  /** Beside a number instead of something measured in the same run: it says something of this machine only, and the guard leaves it out. */
  readonly ideal?: true;
  /** For the guard: the ratio of the times on a processor, and the part of all processors that was at work for something else. */
  readonly cpuRatio?: number;
  readonly othersPart?: number;
  /** Peak memory of the process itself, in MB: of ckpt, and of the other side. */
  readonly peakMb?: readonly [ours: number | null, theirs: number | null];
  /** What was run, as words of a shell: ckpt, and the other side. */
  readonly commands?: readonly [ours: string, theirs: string | null];
};

/** Whether the ratio is as it should be. */
export function isMet(row: Row): boolean {
  if (row.floor === null) return true;
  return row.most === true ? row.ratio.median <= row.floor : row.ratio.median >= row.floor;
}

export function seconds(value: number): string {
  return value < 0.1 ? `${(value * 1000).toFixed(1)} ms` : `${value.toFixed(2)} s`;
}

/** Rates of both sides, where both did `count` things. */
export function rateRow(id: string, what: string, count: number, paired: Paired, floor: number | null): Row {
  const { ours, theirs, ratio } = paired;
  return {
    id,
    what,
    ours: rate(count, ours.seconds),
    theirs: rate(count, theirs.seconds),
    ratio,
    floor,
    cpuRatio: paired.cpuRatio,
    othersPart: paired.othersPart,
    ...facts(ours, theirs),
  };
}

function rate(count: number, { median }: Spread): string {
  return `${Math.round(count / median).toLocaleString("en")}/s`;
}

/** Times of both sides: the ratio is ours / theirs, and small is good. */
export function timeRow(id: string, what: string, paired: Paired, most: number | null): Row {
  const { ours, theirs, ratio } = paired;
  return {
    id,
    what,
    ours: seconds(ours.seconds.median),
    theirs: seconds(theirs.seconds.median),
    ratio: { median: 1 / ratio.median, min: 1 / ratio.max, max: 1 / ratio.min },
    floor: most,
    most: true,
    cpuRatio: 1 / paired.cpuRatio,
    othersPart: paired.othersPart,
    ...facts(ours, theirs),
  };
}

/** Time beside a number of seconds: the ratio is ours / ideal. */
export function idealRow(id: string, what: string, ours: Side, idealSeconds: number, most: number): Row {
  const of = (value: number): number => value / idealSeconds;
  const { median, min, max } = ours.seconds;
  return {
    id,
    what,
    ours: seconds(median),
    theirs: seconds(idealSeconds),
    ratio: { median: of(median), min: of(min), max: of(max) },
    floor: most,
    most: true,
    ideal: true,
    ...facts(ours, null),
  };
}

/** Rate beside that of a perfect program: the ratio is ideal / ours in seconds. */
export function idealRateRow(
  id: string,
  what: string,
  count: number,
  ours: Side,
  idealSeconds: number,
  floor: number,
): Row {
  const { median, min, max } = ours.seconds;
  return {
    id,
    what,
    ours: rate(count, ours.seconds),
    theirs: `${Math.round(count / idealSeconds).toLocaleString("en")}/s`,
    ratio: { median: idealSeconds / median, min: idealSeconds / max, max: idealSeconds / min },
    floor,
    ideal: true,
    ...facts(ours, null),
  };
}

function facts(ours: Side, theirs: Side | null): Required<Pick<Row, "peakMb" | "commands">> {
  return {
    peakMb: [ours.peakMb, theirs?.peakMb ?? null],
    commands: [shown(ours.timed), theirs === null ? null : shown(theirs.timed)],
  };
}

/** A command as it would be typed in the folder of the benchmark, without the paths of this machine. */
function shown({ argv, cwd, stdin }: Timed): string {
  const words = argv.map((word) => {
    const path = word
      .replaceAll(`${cwd}/`, "")
      .replaceAll(`${ROOT}/`, "")
      .replace(/^\/.*\/node_modules\//, "node_modules/")
      .replace(/^\/.*\/(?=python[\d.]*$)/, "");
    return /^[\w./:,{}=+-]+$/.test(path) ? path : `'${path}'`;
  });
  const [program = ""] = argv;
  words[0] = program === CKPT ? "ckpt" : basename(program);
  return words.join(" ") + (stdin === undefined ? "" : ` < ${basename(stdin)}`);
}
