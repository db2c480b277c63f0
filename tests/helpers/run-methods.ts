// Runs methods of proof in their full form (or those named; `--quick` in the quick one) and prints the table of their figures; `--record` puts it into a page
// of docs/. Ends with 1 when something does not hold; what this machine has no tool or right for is said, and with CI=true that is a failure too.
import * as fs from "node:fs";
import { type Figures, type Method, type Size, TABLE_HEAD, tableRow } from "../crash/figures.ts";
import { SEED } from "./seed.ts";

const FAULTS_SHOWN = 20;
const [BEGIN, END] = ["<!-- figures: begin -->", "<!-- figures: end -->"];

/** @param doc the page whose table `--record` writes. */
export async function runMethods(
  methods: Readonly<Record<string, Method>>,
  doc: string,
  given: readonly string[],
): Promise<void> {
  const size: Size = given.includes("--quick") ? "quick" : "full";
  const names = given.filter((name) => !name.startsWith("--"));
  const unknown = names.filter((name) => !(name in methods));
  if (unknown.length > 0)
    throw new Error(`no method ${unknown.join(", ")}; there are: ${Object.keys(methods).join(", ")}`);

  const all: Figures[] = [];
  console.log(`CKPT_TEST_SEED=${SEED}`);
  console.log(TABLE_HEAD);
  for (const [name, method] of Object.entries(methods)) {
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
  if (given.includes("--record")) record(doc, all);
}

/** Puts the rows of this run in the place of those of the same methods; rows of methods that were not run stay. */
function record(doc: string, all: readonly Figures[]): void {
  const text = fs.readFileSync(doc, "utf8");
  const [from, to] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`${doc}: the marks round the figures are missing`);
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
  fs.writeFileSync(doc, text.slice(0, from) + table + text.slice(to));
}
