// `bun bench/preemption.ts`: simulates a job of 10^9 items on 1 000 preemptible nodes, prints the table of docs/scale-out.md, and writes its plot, docs/scale-out.svg.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { plotText, tableLines } from "./preemption/study.ts";

for (const line of tableLines()) console.log(line);
writeFileSync(join(import.meta.dir, "../docs/scale-out.svg"), plotText());
