// The licences of everything in the executable: of each package in the bundle, of code that those packages carry within them, and of Bun.
import * as fs from "node:fs";
import * as path from "node:path";
import type { BundledPackage } from "./bundle.ts";
import { BUN_VERSION } from "./targets.ts";

const NOTICES = path.join(import.meta.dir, "notices");

/** Other people's code inside a package: where it lies there, and the file in `notices/` with its licence. */
const CARRIED: readonly { readonly in: RegExp; readonly name: string; readonly notice: string }[] = [
  { in: /^openai\/_vendor\/partial-json-parser\//, name: "partial-json", notice: "partial-json.txt" },
  { in: /^citty\/dist\/_chunks\/libs\/scule\./, name: "scule", notice: "scule.txt" },
];
/** Packages whose licence stands in their repository and not in what they publish, and the file in `notices/` with it. */
const NOT_PUBLISHED: ReadonlyMap<string, string> = new Map([["saxes", "saxes.txt"]]);
/** Folders in which packages keep the code of others. */
const OTHERS_CODE = /(?:^|\/)(?:_?vendor|libs|third[-_]party)\//;
/** A comment between signs, or lines of comments in a row. */
const COMMENT = /\/\*[^]*?\*\/|(?:^[ \t]*\/\/.*\n)+/gm;
const RULE = "=".repeat(80);

/** All licence texts in one. @throws Error that names what has none. */
export function thirdPartyLicences(packages: readonly BundledPackage[]): string {
  const sections = packages.flatMap((one) => [
    section(`${one.name} ${one.version} (${one.license})`, [licenceOf(one), ...noticesIn(one)].join("\n\n")),
    ...carriedBy(one).map(({ name, notice }) => section(`${name}, in ${one.name}`, readNotice(notice))),
  ]);
  return [
    "The executable ckpt holds the following software of others.",
    ...sections,
    section(`Bun ${BUN_VERSION} (MIT; parts under other licences)`, readNotice("bun.txt")),
    section("GNU Library General Public License, version 2", readNotice("LGPL-2.txt")),
    section("GNU Lesser General Public License, version 2.1", readNotice("LGPL-2.1.txt")),
    "",
  ].join("\n");
}

function section(title: string, text: string): string {
  return `\n${RULE}\n${title}\n${RULE}\n\n${text.trim()}`;
}

function licenceOf({ name, folder }: BundledPackage): string {
  const names = fs.readdirSync(folder).filter((file) => /^(?:licen[cs]e|copying|notice)(?:\.|$)/i.test(file));
  const notPublished = NOT_PUBLISHED.get(name);
  if (names.length === 0 && notPublished !== undefined) return readNotice(notPublished);
  if (names.length === 0) throw new Error(`${name} has no licence file in ${folder}`);
  return names
    .toSorted()
    .map((file) => fs.readFileSync(path.join(folder, file), "utf8").replaceAll("\r\n", "\n").trim())
    .join("\n\n");
}

/** What its files say of the rights of others, in comments: code that was adapted from elsewhere is named nowhere else. */
function noticesIn({ folder, files }: BundledPackage): readonly string[] {
  const notices = new Set<string>();
  for (const file of files) {
    const text = fs.readFileSync(path.join(folder, file), "utf8");
    for (const [comment] of text.matchAll(COMMENT))
      if (/\bcopyright\b/i.test(comment)) notices.add(plainText(comment));
  }
  return notices.size === 0 ? [] : ["Its files say:", ...notices];
}

/** A comment without the signs that make it one. */
function plainText(comment: string): string {
  return comment
    .replace(/^\/\*+!?|\*+\/$/g, "")
    .split("\n")
    .map((line) => line.replace(/^\s*(?:\/\/|\*)? ?/, "").trimEnd())
    .join("\n")
    .trim();
}

function carriedBy({
  name,
  files,
}: BundledPackage): readonly { readonly name: string; readonly notice: string }[] {
  const carried = new Set<(typeof CARRIED)[number]>();
  for (const file of files) {
    const known = CARRIED.find((one) => one.in.test(`${name}/${file}`));
    if (known !== undefined) carried.add(known);
    else if (OTHERS_CODE.test(file))
      throw new Error(
        `${name}/${file} looks like the code of others: its licence is not recorded in licences.ts`,
      );
  }
  return [...carried];
}

function readNotice(name: string): string {
  return fs.readFileSync(path.join(NOTICES, name), "utf8");
}
