// macOS would take the executables: the signature is there and every hash in it is right. The one that Bun leaves in darwin-x64 is not, and neither is one
// of which a byte was changed: so the reader does see what is wrong.
import * as path from "node:path";
import { compileTarget } from "../../scripts/release/executable.ts";
import { isSignatureValid, readSignature } from "../../scripts/release/macho.ts";
import { targetNamed } from "../../scripts/release/targets.ts";
import type { Figures, Size } from "../crash/figures.ts";
import { newFolder } from "../helpers/ckpt.ts";
import { RUNTIMES } from "../helpers/runtimes.ts";
import { executableIn, twoBuilds } from "./builds.ts";

const ROOT = path.resolve(import.meta.dir, "../..");

export async function darwinSignatures(size: Size): Promise<Figures> {
  const { targets, folders } = await twoBuilds(size);
  const faults: string[] = [];
  const figures: Record<string, number> = {};
  for (const target of targets.filter(({ npm }) => npm.os === "darwin")) {
    const file = await executableIn(folders[0], target);
    const report = readSignature(file);
    figures[`pages of ${target.name}`] = report.pages;
    figures[`wrong in ${target.name}`] = report.badPages.length;
    if (!isSignatureValid(report))
      faults.push(`${target.name}: ${report.faults.join("; ")}, pages ${report.badPages.join(", ")}`);
    faults.push(...unseenChanges(file).map((what) => `${target.name}: ${what}`));
  }
  const unmended = await compileTarget({
    root: ROOT,
    target: targetNamed("darwin-x64"),
    cacheFolder: RUNTIMES,
    workFolder: newFolder(),
  });
  const report = readSignature(Buffer.from(await Bun.file(unmended).bytes()));
  figures["wrong in darwin-x64 as Bun leaves it"] = report.badPages.length;
  if (isSignatureValid(report)) faults.push("the unmended darwin-x64 counts as valid");
  return { method: "signatures of darwin", figures, faults };
}

/** Changes a byte in the first page, in the middle and before the signature, one at a time: each has to be noticed, in its page. */
function unseenChanges(file: Buffer): readonly string[] {
  const { pages } = readSignature(file);
  return [0, Math.floor(pages / 2), pages - 1].flatMap((page) => {
    const at = page * 4096 + 4000 > file.length ? page * 4096 : page * 4096 + 100;
    const changed = Buffer.from(file);
    changed[at] = changed.readUInt8(at) ^ 1;
    const { badPages } = readSignature(changed);
    return badPages.length === 1 && badPages[0] === page
      ? []
      : [`a change in page ${page} is seen in ${badPages.join(", ") || "none"}`];
  });
}
