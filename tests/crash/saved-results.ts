// What was reported as saved must be in the checkpoint or in one of its backups: complete, once, and unchanged.
import * as fs from "node:fs";
import * as path from "node:path";
import { manifestProblems, readManifest } from "../../lib/checkpoint/backup/manifest.ts";
import { checkpointPaths, isUnfinishedBackup } from "../../lib/checkpoint/names.ts";
import { verifyCheckpoint } from "../../lib/checkpoint/log/verify.ts";
import { realFileSystem } from "../../lib/io/fs.ts";
import { type Tree, treeDigest } from "./disk-model.ts";
import type { Reported } from "./checkpoint-steps.ts";

export type Losses = { lost: number; doubled: number };

export function copyOf(reported: Reported): Reported {
  return {
    ...reported,
    saved: new Map([...reported.saved].map(([nonce, items]) => [nonce, new Set(items)])),
  };
}

/** The same for two states of which the second need not be looked at. */
export function stateKey(tree: Tree, { saved, place, damaged }: Reported): string {
  const sessions = [...saved].map(([nonce, items]) => `${nonce} ${[...items].join()}`);
  return `${treeDigest(tree)} ${sessions.join()} ${place} ${damaged}`;
}

/** @param dir the checkpoint's folder @returns the nonce of the session in place; null without one */
export function checkSaved(
  dir: string,
  reported: Reported,
  found: Losses,
  fault: (text: string) => void,
): string | null {
  const paths = checkpointPaths(dir);
  const folders = fs.existsSync(paths.backups)
    ? fs.readdirSync(paths.backups).filter((name) => !isUnfinishedBackup(name))
    : [];
  const all = [paths.dir, ...folders.map((name) => path.join(paths.backups, name))].map((folder) =>
    itemsIn(folder, paths.dir, reported.damaged, found, fault),
  );
  for (const [nonce, items] of reported.saved) {
    if (all.some((at) => at.nonce === nonce && [...items].every((item) => at.items.has(item)))) continue;
    found.lost++;
    fault(`lost: what was reported of session ${nonce.slice(0, 2)}`);
  }
  return all[0]?.nonce ?? null;
}

function itemsIn(
  folder: string,
  place: string,
  wasDamaged: boolean,
  found: Losses,
  fault: (text: string) => void,
): { readonly nonce: string | null; readonly items: ReadonlySet<number> } {
  const report = verifyCheckpoint(realFileSystem, checkpointPaths(folder));
  const manifest = folder === place ? null : readManifest(realFileSystem, folder);
  const problems = manifest === null ? [] : manifestProblems(realFileSystem, folder, manifest, true);
  if (problems.length > 0 || (folder !== place && manifest === null))
    fault(`${path.basename(folder)} is no whole backup`);
  if (report === null) return { nonce: null, items: new Set() };
  if (report.problemCount > 0 && !(wasDamaged && manifest?.form === "raw"))
    fault(`${path.basename(folder)}: ${JSON.stringify(report.problems)}`);
  const records = fs
    .readFileSync(path.join(folder, "checkpoint_results.jsonl"), "utf8")
    .split("\n")
    .filter((line) => /^\{"v":[12],/.test(line) && line.endsWith('"}'));
  const items = new Set(records.map((line) => Number(/"index":(\d+)/.exec(line)?.[1])));
  if (items.size < records.length) {
    found.doubled++;
    fault("an item is there twice");
  }
  return { nonce: report.status?.session.nonce ?? null, items };
}
