// Writes what was measured into docs/performance.md, between its two marks, and the plots beside it.
import { readFileSync, writeFileSync } from "node:fs";
import { cpus, release } from "node:os";
import { join } from "node:path";
import { type Growth, memorySlope } from "./cases/growth.ts";
import { plot } from "./plot.ts";
import { ROOT } from "./place.ts";
import { isMet, type Row } from "./row.ts";

const PAGE = join(ROOT, "docs/performance.md");
const BEGIN = "<!-- measured: begin -->";
const END = "<!-- measured: end -->";

export function rowLine(row: Row): string {
  const { median, min, max } = row.ratio;
  const bound = row.floor === null ? "" : `${row.most === true ? "≤" : "≥"} ${row.floor}`;
  const met = row.floor === null || isMet(row) ? "" : " (not met)";
  return `| ${row.what} | ${row.ours} | ${row.theirs} | ${median.toFixed(2)} (${min.toFixed(2)}–${max.toFixed(2)}) | ${bound}${met} |`;
}

const HEAD = ["| what | ckpt | beside it | ratio (spread) | to reach |", "|---|---|---|---|---|"];

function growthLines(found: readonly Growth[]): string[] {
  if (found.length === 0) return [];
  const micro = (seconds: number, items: number): string => `${((seconds * 1e6) / items).toFixed(2)} µs`;
  const rows = found.map(
    ({ items, run, resume }) =>
      `| ${items.toLocaleString("en")} | ${run.seconds.toFixed(2)} s | ${micro(run.seconds, items)} | ${run.peakMb.toFixed(0)} MB | ${resume.seconds.toFixed(2)} s | ${resume.peakMb.toFixed(0)} MB |`,
  );
  const { baseMb, bytesPerItem } = memorySlope(found);
  return [
    "",
    "## How cost grows",
    "| items | whole run | an item | peak memory | resume | peak memory |",
    "|---|---|---|---|---|---|",
    ...rows,
    "",
    `Memory: ${baseMb.toFixed(0)} MB and ${bytesPerItem.toFixed(0)} bytes for each item.`,
    "",
    "![time over items](performance-time.svg) ![memory over items](performance-memory.svg)",
  ];
}

export function writeReport(rows: readonly Row[], found: readonly Growth[]): void {
  const machine = `${cpus().length} cores (${cpus()[0]?.model ?? "unknown"}), Linux ${release()}, Bun ${Bun.version}; ${new Date().toISOString().slice(0, 10)}.`;
  const text = [BEGIN, machine, "", ...HEAD, ...rows.map((row) => rowLine(row)), ...growthLines(found), END];
  const page = readFileSync(PAGE, "utf8");
  const [before = "", rest = ""] = page.split(BEGIN);
  const after = rest.split(END)[1] ?? "";
  writeFileSync(PAGE, before + text.join("\n") + after);
  if (found.length === 0) return;
  const series = (name: string, value: (growth: Growth) => number): Parameters<typeof plot>[2][number] => ({
    name,
    points: found.map((growth) => [growth.items, value(growth)]),
  });
  const seconds = [series("whole run", (it) => it.run.seconds), series("resume", (it) => it.resume.seconds)];
  const memory = [series("whole run", (it) => it.run.peakMb), series("resume", (it) => it.resume.peakMb)];
  writeFileSync(join(ROOT, "docs/performance-time.svg"), plot("Time over items", "s", seconds));
  writeFileSync(join(ROOT, "docs/performance-memory.svg"), plot("Peak memory over items", "MB", memory));
}
