// `bun run test:crash`: every method in its full form (or those named, `--quick` in the quick one); prints the table of figures for docs/durability.md.
import type { Figures, Size } from "./figures.ts";
import { crashStates } from "./crash-states.ts";
import { mutants } from "./mutants.ts";

const METHODS: Readonly<Record<string, (size: Size) => Promise<Figures>>> = {
  "crash-states": crashStates,
  mutants,
};
const FAULTS_SHOWN = 20;

const given = process.argv.slice(2);
const size: Size = given.includes("--quick") ? "quick" : "full";
const names = given.filter((name) => !name.startsWith("--"));
const unknown = names.filter((name) => !(name in METHODS));
if (unknown.length > 0)
  throw new Error(`no method ${unknown.join(", ")}; there are: ${Object.keys(METHODS).join(", ")}`);
console.log("| method | figures |\n|---|---|");
for (const [name, method] of Object.entries(METHODS)) {
  if (names.length > 0 && !names.includes(name)) continue;
  const { method: title, figures, faults } = await method(size);
  const cells = Object.entries(figures).map(([figure, value]) => `${figure} ${value}`);
  console.log(`| ${title} | ${cells.join(", ")} |`);
  for (const fault of faults.slice(0, FAULTS_SHOWN)) console.log(`FAULT ${title}: ${fault}`);
  if (faults.length > 0) process.exitCode = 1;
}
