// Two builds of the same commit are equal, byte for byte, and hold what the sums say.
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import type { Figures, Size } from "../crash/figures.ts";
import { ENV } from "../helpers/ckpt.ts";
import { twoBuilds } from "./builds.ts";

export async function reproducible(size: Size): Promise<Figures> {
  const { targets, folders } = await twoBuilds(size);
  const [first, second] = folders.map(hashesIn);
  const faults: string[] = [];
  for (const [name, hash] of first ?? [])
    if (second?.get(name) !== hash) faults.push(`${name} differs: ${hash}, ${second?.get(name)}`);
  for (const name of second?.keys() ?? [])
    if (first?.has(name) !== true) faults.push(`${name} is in the second only`);
  for (const folder of folders) faults.push(...wrongSums(folder));
  const bytes = [...(first?.keys() ?? [])].map((name) => fs.statSync(path.join(folders[0], name)).size);
  return {
    method: "two builds in two folders",
    figures: {
      targets: targets.length,
      "equal files": [...(first ?? [])].filter(([name, hash]) => second?.get(name) === hash).length,
      "megabytes of a release": Math.round(bytes.reduce((sum, each) => sum + each, 0) / 1e6),
    },
    faults,
  };
}

function hashesIn(folder: string): ReadonlyMap<string, string> {
  return new Map(
    fs.readdirSync(folder).map((name) => {
      const content = fs.readFileSync(path.join(folder, name));
      return [name, createHash("sha256").update(content).digest("hex")];
    }),
  );
}

/** SHA256SUMS names every file but itself, with the right sum, as `sha256sum` sees it. */
function wrongSums(folder: string): readonly string[] {
  const checked = Bun.spawnSync(["sha256sum", "--strict", "-c", "SHA256SUMS"], { cwd: folder, env: ENV });
  const lines = fs.readFileSync(path.join(folder, "SHA256SUMS"), "utf8").split("\n");
  const named = new Set(lines.map((line) => line.slice(66)));
  const unnamed = fs.readdirSync(folder).filter((name) => !name.startsWith("SHA256SUMS") && !named.has(name));
  return [
    ...(checked.success ? [] : [`sha256sum: ${checked.stdout.toString()}${checked.stderr.toString()}`]),
    ...unnamed.map((name) => `${name} is not in SHA256SUMS`),
  ];
}
