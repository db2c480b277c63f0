// What goes into every archive and package beside the executable: licences, README and docs, manual pages and completions.
import * as fs from "node:fs";
import * as path from "node:path";
import type { BundledPackage } from "./bundle.ts";
import { thirdPartyLicences } from "./licences.ts";
import type { Checkout } from "./checkout.ts";
import { type PackedFile, textFile } from "./packed-file.ts";
import { runTool } from "./run-tool.ts";
import { makeSharedFiles } from "./shared-files.ts";

export type Papers = {
  /** README and what it links to, at their paths in the checkout. */
  readonly pages: readonly PackedFile[];
  /** At their paths in an archive. */
  readonly inArchive: readonly PackedFile[];
  /** Manual pages and completions, at their paths on a Debian system. */
  readonly onDebian: readonly PackedFile[];
  readonly licence: string;
  readonly thirdPartyLicences: string;
  readonly readme: string;
  readonly changelog: string;
};

/** The pages that README.md links to are packed with it, so that its links lead somewhere; so are the examples that its commands use. */
const PAGES = ["LICENSE", "README.md", "README.zh.md", "CHANGELOG.md", "CONTRIBUTING.md", "docs", "examples"];

export async function gatherPapers(
  { root, epochSeconds }: Checkout,
  packages: readonly BundledPackage[],
): Promise<Papers> {
  // What git does not know (an editor's backup, say) is no part of a release.
  const names = (await runTool(["git", "ls-files", "-z", ...PAGES], { cwd: root }))
    .split("\0")
    .filter(Boolean);
  const pages = names.map((name): PackedFile => ({
    path: name,
    bytes: fs.readFileSync(path.join(root, name)),
  }));
  const textOf = (name: string): string => fs.readFileSync(path.join(root, name), "utf8");
  const shared = await makeSharedFiles(root, epochSeconds);
  const third = thirdPartyLicences(packages);
  return {
    pages,
    inArchive: [...pages, textFile("THIRD-PARTY-LICENSES.txt", third), ...shared.inArchive],
    onDebian: shared.onDebian,
    licence: textOf("LICENSE"),
    thirdPartyLicences: third,
    readme: textOf("README.md"),
    changelog: textOf("CHANGELOG.md"),
  };
}
