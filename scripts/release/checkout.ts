// What a release is made of: a commit, its time, the version, and the words of the changelog about it.
import * as fs from "node:fs";
import * as path from "node:path";
import { runTool } from "./run-tool.ts";

export type Checkout = {
  readonly root: string;
  /** As package.json says it. */
  readonly version: string;
  /** The full hash. */
  readonly commit: string;
  /** When the commit was made, in seconds: the time of everything in the release. */
  readonly epochSeconds: number;
  /** Release notes, in Markdown. */
  readonly notes: string;
};

/**
 * Reads the checkout in `root`.
 * @throws Error when files differ from the commit (unless `isDirtyAllowed`), when a tag of a version at this commit is not that of package.json, or when
 * a tagged version is not in CHANGELOG.md.
 */
export async function readCheckout(root: string, isDirtyAllowed: boolean): Promise<Checkout> {
  const git = (...words: string[]): Promise<string> => runTool(["git", ...words], { cwd: root });
  const changed = (await git("status", "--porcelain")).trimEnd();
  if (changed !== "" && !isDirtyAllowed)
    throw new Error(
      `a release is made of a commit, and these files differ from it:\n${changed}\nCommit or stash them; --allow-dirty builds them to try something out.`,
    );
  const version = readVersion(root);
  const tags = (await git("tag", "--points-at", "HEAD")).split("\n").filter((tag) => /^v\d/.test(tag));
  if (tags.length > 0 && !tags.includes(`v${version}`))
    throw new Error(`the tag of this commit is ${tags.join(", ")}, but package.json says ${version}`);
  const [commit = "", time = ""] = (await git("log", "-1", "--format=%H %ct")).trim().split(" ");
  const changelog = fs.readFileSync(path.join(root, "CHANGELOG.md"), "utf8");
  const notes = sectionOf(changelog, version) ?? (tags.length > 0 ? undefined : unreleased(changelog));
  if (notes === undefined) throw new Error(`CHANGELOG.md has no section "## ${version}"`);
  return { root, version, commit, epochSeconds: Number(time), notes };
}

function readVersion(root: string): string {
  const read: unknown = JSON.parse(fs.readFileSync(path.join(root, "package.json"), "utf8"));
  const version = typeof read === "object" && read !== null && "version" in read ? read.version : undefined;
  if (typeof version !== "string" || !/^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version))
    throw new Error(`package.json: ${JSON.stringify(version)} is no version`);
  return version;
}

/** What stands under `## VERSION` or `## VERSION - DATE`, without the heading; undefined where there is no such section or nothing in it. */
export function sectionOf(changelog: string, version: string): string | undefined {
  const lines = changelog.split("\n");
  const head = lines.findIndex((line) =>
    new RegExp(`^## \\[?${RegExp.escape(version)}\\]?(?:\\s|$)`).test(line),
  );
  if (head < 0) return undefined;
  const length = lines.slice(head + 1).findIndex((line) => line.startsWith("## "));
  const text = lines
    .slice(head + 1, length < 0 ? undefined : head + 1 + length)
    .join("\n")
    .trim();
  return text === "" ? undefined : `${text}\n`;
}

/** A build of a commit without a tag is a trial: its notes are what has not been released yet. */
function unreleased(changelog: string): string {
  return sectionOf(changelog, "Unreleased") ?? "No changes on record.\n";
}
