// `bun run bench`: runs ckpt and its peers in turn on the same work and prints a table of ratios. `--quick`: small, for CI, compared with the ratios on
// record; `--json`; `--only NAME` (commands, window, module, resume, start); `--record` writes the ratios on record anew; `--report` writes docs/performance.md,
// with `--large` up to ten million items.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, release } from "node:os";
import { join } from "node:path";
import { commandRows, windowRows } from "./cases/commands.ts";
import { growth } from "./cases/growth.ts";
import { moduleRows } from "./cases/module.ts";
import { resumeRows } from "./cases/resume.ts";
import { startRows } from "./cases/start.ts";
import { workerRows } from "./cases/worker.ts";
import { openPlace, type Place, ROOT } from "./place.ts";
import { rowLine, writeReport } from "./report.ts";
import type { Row } from "./row.ts";

type Size = {
  readonly pairs: number;
  readonly commands: number;
  readonly items: number;
  readonly done: number;
};

const FULL: Size = { pairs: 5, commands: 2000, items: 200_000, done: 1_000_000 };
const QUICK: Size = { pairs: 3, commands: 400, items: 50_000, done: 100_000 };

const SIZES = [10_000, 100_000, 1_000_000];

const CASES: Readonly<Record<string, (place: Place, size: Size) => Promise<Row[]>>> = {
  start: (place, size) => startRows(place, size.pairs),
  commands: (place, size) => commandRows(place, size.pairs, size.commands),
  window: (place) => windowRows(place),
  worker: (place, size) => workerRows(place, size.pairs, size.items / 2),
  module: (place, size) => moduleRows(place, size.pairs, size.items),
  resume: (place, size) => resumeRows(place, size.pairs, size.done),
};

/** A ratio may be this much worse than the one on record before the quick form fails. */
const TOLERANCE = 1 / 3;
const RECORD = join(ROOT, "bench/record.json");

const words = process.argv.slice(2);
const size = words.includes("--quick") ? QUICK : FULL;
const only = words.includes("--only") ? words[words.indexOf("--only") + 1] : undefined;
const json = words.includes("--json");
const rows = await measure();
if (json) console.log(JSON.stringify(rows, null, 2));
if (words.includes("--record")) writeRecord(rows);
if (words.includes("--report")) {
  const place = openPlace();
  try {
    writeReport(rows, await growth(place, words.includes("--large") ? [...SIZES, 10_000_000] : SIZES));
  } finally {
    place.remove();
  }
}
const slower = words.includes("--quick") ? slowerThanRecord(rows) : [];
for (const line of slower) console.error(line);
process.exitCode = slower.length > 0 ? 1 : 0;

async function measure(): Promise<Row[]> {
  if (!json) console.log(`${cpus().length} cores, Linux ${release()}, Bun ${Bun.version}\n`);
  const place = openPlace();
  const all: Row[] = [];
  try {
    for (const [name, run] of Object.entries(CASES)) {
      if (only !== undefined && name !== only) continue;
      const found = await run(place, size);
      all.push(...found);
      if (!json) for (const row of found) console.log(rowLine(row));
    }
  } finally {
    place.remove();
  }
  if (Bun.which("parallel") === null) console.error("missing: GNU parallel (Debian: parallel)");
  return all;
}

type Ratios = Readonly<Record<string, number>>;

function writeRecord(found: readonly Row[]): void {
  const ratios = Object.fromEntries(found.map((row) => [row.id, Math.round(row.ratio.median * 1000) / 1000]));
  writeFileSync(RECORD, `${JSON.stringify(ratios, null, 2)}\n`);
}

/** What has become slower, in words. */
function slowerThanRecord(found: readonly Row[]): string[] {
  if (!existsSync(RECORD)) return ["no ratios are on record: run once with --quick --record"];
  const record = JSON.parse(readFileSync(RECORD, "utf8")) as Ratios;
  return found.flatMap((row) => {
    const before = record[row.id];
    if (before === undefined) return [];
    const worse = row.most === true ? row.ratio.median / before - 1 : 1 - row.ratio.median / before;
    const limit = row.most === true ? 1 / (1 - TOLERANCE) - 1 : TOLERANCE;
    return worse > limit ? [`slower: ${row.what}: ${row.ratio.median.toFixed(2)}, on record ${before}`] : [];
  });
}
