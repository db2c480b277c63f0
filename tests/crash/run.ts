// `bun run test:crash`: every method in its full form (or those named, `--quick` in the quick one); prints the table of figures, and with
// `--record` puts it into docs/durability.md. Ends with 1 when a promise is broken; what this machine has no tool or right for is said, and with CI=true
// that is a failure too.
import * as fs from "node:fs";
import * as path from "node:path";
import { type Figures, type Method, type Size, TABLE_HEAD, tableRow } from "./figures.ts";
import { SEED } from "../helpers/seed.ts";
import { crashStates } from "./crash-states.ts";
import { failingDevice } from "./failing-device.ts";
import { fullDisk } from "./full-disk.ts";
import { damageCommands } from "./damage-commands.ts";
import { damageFuzz } from "./damage-fuzz.ts";
import { errorSweep } from "./error-sweep.ts";
import { killSweep } from "./kill-sweep.ts";
import { traceStates } from "./trace-states.ts";
import { mutants } from "./mutants.ts";
import { quota } from "./quota.ts";
import { refusedFolders } from "./refused-folders.ts";
import { powerCuts } from "./power-cuts.ts";
import { killLoop } from "./kill-loop.ts";
import { largeValues } from "./large-values.ts";
import { leftovers } from "./leftovers.ts";
import { memoryLimit } from "./memory-limit.ts";
import { resources } from "./resources.ts";
import { soak } from "./soak.ts";

const METHODS: Readonly<Record<string, Method>> = {
  "crash-states": crashStates,
  "trace-states": traceStates,
  "damage-fuzz": damageFuzz,
  "kill-sweep": killSweep,
  "damage-commands": damageCommands,
  "error-sweep": errorSweep,
  mutants,
  "power-cuts": powerCuts,
  "failing-device": failingDevice,
  "full-disk": fullDisk,
  quota,
  "refused-folders": refusedFolders,
  "kill-loop": killLoop,
  "large-values": largeValues,
  leftovers,
  "memory-limit": memoryLimit,
  resources,
  soak,
};
const FAULTS_SHOWN = 20;
const DOC = path.resolve(import.meta.dir, "../../docs/durability.md");
const [BEGIN, END] = ["<!-- figures: begin -->", "<!-- figures: end -->"];

const given = process.argv.slice(2);
const size: Size = given.includes("--quick") ? "quick" : "full";
const names = given.filter((name) => !name.startsWith("--"));
const unknown = names.filter((name) => !(name in METHODS));
if (unknown.length > 0)
  throw new Error(`no method ${unknown.join(", ")}; there are: ${Object.keys(METHODS).join(", ")}`);

const all: Figures[] = [];
console.log(`CKPT_TEST_SEED=${SEED}`);
console.log(TABLE_HEAD);
for (const [name, method] of Object.entries(METHODS)) {
  if (names.length > 0 && !names.includes(name)) continue;
  const startMs = performance.now();
  const found = await method(size);
  const { method: title, faults, skipped = [] } = found;
  console.log(`${tableRow(found)} ${((performance.now() - startMs) / 1000).toFixed(0)} s`);
  for (const fault of faults.slice(0, FAULTS_SHOWN)) console.log(`FAULT ${title}: ${fault}`);
  for (const what of skipped) console.log(`SKIPPED ${title}: ${what}`);
  if (faults.length > 0 || (skipped.length > 0 && process.env["CI"] === "true")) process.exitCode = 1;
  all.push(found);
}
if (given.includes("--record")) record();

/** Puts the rows of this run in the place of those of the same methods; rows of methods that were not run stay. */
function record(): void {
  const text = fs.readFileSync(DOC, "utf8");
  const [from, to] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`${DOC}: the marks round the figures are missing`);
  const known = text
    .slice(from, to)
    .split("\n")
    .filter((line) => line.startsWith("| "));
  const fresh = all.map(tableRow);
  const head = (row: string): string => row.split("|")[1] ?? "";
  const stale = known.filter(
    (row) => !TABLE_HEAD.startsWith(row) && !fresh.some((one) => head(one) === head(row)),
  );
  const table = [BEGIN, TABLE_HEAD, ...[...stale, ...fresh].sort(), ""].join("\n");
  fs.writeFileSync(DOC, text.slice(0, from) + table + text.slice(to));
}
