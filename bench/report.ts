// Writes what was measured into docs/performance.md, between its two marks, and the plots beside it.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Growth, memoryFit } from "./cases/growth.ts";
import { machineLine } from "./machine.ts";
import type { Sample } from "./measure.ts";
import { plot, type Series } from "./plot.ts";
import { ROOT } from "./place.ts";
import { isMet, type Row } from "./row.ts";

const PAGE = join(ROOT, "docs/performance.md");
const BEGIN = "<!-- measured: begin -->";
const END = "<!-- measured: end -->";

export const TABLE_HEAD: readonly string[] = [
  "| case, and what ckpt is compared with | ckpt | the other | ratio (spread) | target | peak memory |",
  "|---|---|---|---|---|---|",
];

export function rowLine(row: Row): string {
  const { median, min, max } = row.ratio;
  const bound = row.floor === null ? "" : `${row.most === true ? "≤" : "≥"} ${row.floor}`;
  const met = isMet(row) ? "" : " (not met)";
  const ratio = `${median.toFixed(2)} (${min.toFixed(2)}–${max.toFixed(2)})`;
  return `| ${row.what} | ${row.ours} | ${row.theirs} | ${ratio} | ${bound}${met} | ${memoryOf(row)} |`;
}

function memoryOf({ peakMb }: Row): string {
  if (peakMb === undefined) return "";
  return peakMb.map((value) => (value === null ? "–" : `${value.toFixed(0)} MB`)).join(", ");
}

/** @param missing what could not be measured, each with the reason */
export function writeReport(
  rows: readonly Row[],
  found: readonly Growth[],
  missing: readonly string[],
): void {
  const text = [
    BEGIN,
    machineLine(),
    "",
    ...TABLE_HEAD,
    ...rows.map((row) => rowLine(row)),
    "",
    "Ratio: the median over all pairs, and the spread. Peak memory: of ckpt, and of the other program.",
    ...missing.map((what) => `Missing: ${what}.`),
    ...growthLines(found),
    ...commandLines(rows),
    "",
  ];
  const page = readFileSync(PAGE, "utf8");
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`${PAGE}: the marks round the figures are missing`);
  writeFileSync(PAGE, page.slice(0, from) + text.join("\n") + page.slice(to));
  writePlots(found);
}

function growthLines(found: readonly Growth[]): string[] {
  const micro = (seconds: number, items: number): string => `${((seconds * 1e6) / items).toFixed(2)} µs`;
  const mb = ({ peakMb }: Sample): string => (peakMb === null ? "–" : `${peakMb.toFixed(0)} MB`);
  const rows = found.map(({ items, run, resume }) => {
    const cells = [
      items.toLocaleString("en"),
      `${run.seconds.toFixed(2)} s`,
      micro(run.seconds, items),
      mb(run),
      `${resume.seconds.toFixed(2)} s`,
      micro(resume.seconds, items),
      mb(resume),
    ];
    return `| ${cells.join(" | ")} |`;
  });
  const { baseMb, bytesPerItem } = memoryFit(found);
  return [
    "",
    "## How cost grows",
    "A module that answers at once, batch 1000: the whole run; and a resume with all but two items done, to the end of one new attempt.",
    "",
    "| items | whole run | an item | peak memory | resume | an item | peak memory |",
    "|---|---|---|---|---|---|---|",
    ...rows,
    "",
    `Memory, by least squares: ${baseMb.toFixed(0)} MB and ${bytesPerItem.toFixed(0)} bytes for each item.`,
    "",
    "![time over items](performance-time.svg) ![memory over items](performance-memory.svg)",
  ];
}

/** The commands behind each row, as typed in the folder of the data. */
function commandLines(rows: readonly Row[]): string[] {
  const lines = rows.flatMap(({ id, commands }) => {
    if (commands === undefined) return [];
    const [ours, theirs] = commands;
    return [id, `  ${ours}`, ...(theirs === null ? [] : [`  ${theirs}`])];
  });
  if (lines.length === 0) return [];
  return ["", "## Commands", "```", ...lines, "```"];
}

function writePlots(found: readonly Growth[]): void {
  const series = (name: string, value: (growth: Growth) => number): Series => ({
    name,
    points: found.map((growth) => [growth.items, value(growth)]),
  });
  const seconds = [series("whole run", (it) => it.run.seconds), series("resume", (it) => it.resume.seconds)];
  const memory = [
    series("whole run", (it) => it.run.peakMb ?? 0),
    series("resume", (it) => it.resume.peakMb ?? 0),
  ];
  writeFileSync(join(ROOT, "docs/performance-time.svg"), plot("Time over items", "s", seconds));
  writeFileSync(join(ROOT, "docs/performance-memory.svg"), plot("Peak memory over items", "MB", memory));
}
