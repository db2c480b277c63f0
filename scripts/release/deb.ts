// Packages for Debian and Ubuntu, written without dpkg so that their bytes are the same on every machine: an `ar` of three members (deb(5)).
import { createHash } from "node:crypto";
import type { Checkout } from "./checkout.ts";
import { gzip, inFolder, type PackedFile, textFile } from "./packed-file.ts";
import type { Papers } from "./papers.ts";
import { tar } from "./tar.ts";

/** Bun's runtime needs no newer C library (`objdump -T`), and nothing else beside it. */
const DEPENDS = "libc6 (>= 2.17)";
/** Before the first release: an address that is read. */
const MAINTAINER = "ckpt contributors <ckpt@example.org>";
const SUMMARY = "run a large set of items, save every result, resume after any stop";
const DESCRIPTION = [
  "ckpt takes a large set of items (prompts, rows, files) through a command, a",
  "worker, a module or a chat endpoint and saves every result as it comes. Kill",
  "it at any moment and run the same command again: it resumes, no saved result",
  "is lost, and no recorded item is run twice.",
];
/** lintian's rules that cannot hold, and why. */
const OVERRIDES = [
  "# What ckpt runs is behind the end of the ELF sections. strip takes it away: the program would answer as bun.",
  "ckpt: unstripped-binary-or-object [usr/bin/ckpt]",
  "# The runtime comes as one piece, with its libraries in it, as its authors publish it.",
  "ckpt: embedded-library *",
];

/** They are `copyright` and `changelog.gz` there. */
const ELSEWHERE_ON_DEBIAN: ReadonlySet<string> = new Set(["LICENSE", "CHANGELOG.md"]);

export type DebContents = {
  readonly checkout: Checkout;
  readonly architecture: "amd64" | "arm64";
  readonly executable: Uint8Array;
  readonly papers: Papers;
};

/** Debian's writing of a version: what comes before a release sorts before it. */
function debianVersion(version: string): string {
  return `${version.replace("-", "~")}-1`;
}

/** As a forge keeps it: GitHub writes a dot for a tilde, and SHA256SUMS has to name the file that people download. */
export function debName({ version }: Pick<Checkout, "version">, architecture: string): string {
  return `ckpt_${debianVersion(version).replace("~", ".")}_${architecture}.deb`;
}

export function deb(contents: DebContents): Uint8Array {
  const { checkout, architecture } = contents;
  const { epochSeconds } = checkout;
  const files = installedFiles(contents);
  const kibibytes = files.reduce((sum, { bytes }) => sum + Math.ceil(bytes.length / 1024), 0);
  const control = [
    "Package: ckpt",
    `Version: ${debianVersion(checkout.version)}`,
    `Architecture: ${architecture}`,
    `Maintainer: ${MAINTAINER}`,
    `Installed-Size: ${kibibytes}`,
    `Depends: ${DEPENDS}`,
    "Section: utils",
    "Priority: optional",
    `Description: ${SUMMARY}`,
    ...DESCRIPTION.map((line) => ` ${line}`),
    "",
  ].join("\n");
  const sums = files.map(({ path, bytes }) => `${createHash("md5").update(bytes).digest("hex")}  ${path}\n`);
  const controlFiles = [textFile("control", control), textFile("md5sums", sums.join(""))];
  return ar(
    [
      textFile("debian-binary", "2.0\n"),
      { path: "control.tar.gz", bytes: gzip(tar(inFolder(".", controlFiles), epochSeconds)) },
      { path: "data.tar.gz", bytes: gzip(tar(inFolder(".", files), epochSeconds)) },
    ],
    epochSeconds,
  );
}

function installedFiles(contents: DebContents): readonly PackedFile[] {
  const { checkout, executable, papers } = contents;
  const doc = "usr/share/doc/ckpt";
  return [
    { path: "usr/bin/ckpt", bytes: executable, isExecutable: true },
    ...papers.onDebian,
    ...inFolder(
      doc,
      papers.pages.filter(({ path }) => !ELSEWHERE_ON_DEBIAN.has(path)),
    ),
    textFile(`${doc}/copyright`, copyrightText(contents)),
    compressed(`${doc}/third-party.txt.gz`, papers.thirdPartyLicences),
    compressed(`${doc}/changelog.gz`, papers.changelog),
    compressed(`${doc}/changelog.Debian.gz`, debianChangelog(checkout)),
    textFile("usr/share/lintian/overrides/ckpt", `${OVERRIDES.join("\n")}\n`),
  ];
}

/** Debian wants texts that every system has to be named, not repeated. */
function copyrightText({ papers, checkout }: DebContents): string {
  return [
    `ckpt ${checkout.version}, packaged by its authors from its own source.`,
    "",
    papers.licence.trim(),
    "",
    "The executable holds software of others, Bun among it. All their names, notices and",
    "licences are in /usr/share/doc/ckpt/third-party.txt.gz. Parts are under the Apache",
    "License 2.0, the GNU LGPL 2 and the GNU LGPL 2.1, whose texts are in",
    "/usr/share/common-licenses/Apache-2.0, /usr/share/common-licenses/LGPL-2 and",
    "/usr/share/common-licenses/LGPL-2.1.",
    "",
  ].join("\n");
}

function compressed(path: string, text: string): PackedFile {
  return { path, bytes: gzip(Buffer.from(text), 9) };
}

function debianChangelog({ version, epochSeconds }: Checkout): string {
  const date = new Date(epochSeconds * 1000).toUTCString().replace("GMT", "+0000");
  return [
    `ckpt (${debianVersion(version)}) unstable; urgency=medium`,
    "",
    `  * Release ${version}: see changelog.gz.`,
    "",
    ` -- ${MAINTAINER}  ${date}`,
    "",
  ].join("\n");
}

/** The archive format that deb(5) is made of: short names, a header of 60 bytes, members begin at even offsets. */
function ar(members: readonly PackedFile[], epochSeconds: number): Uint8Array {
  const parts: Uint8Array[] = [Buffer.from("!<arch>\n")];
  for (const { path, bytes } of members) {
    const fields = [path.padEnd(16), String(epochSeconds).padEnd(12), "0     ", "0     ", "100644  "];
    parts.push(Buffer.from(`${fields.join("")}${String(bytes.length).padEnd(10)}\`\n`), bytes);
    if (bytes.length % 2 === 1) parts.push(Buffer.from("\n"));
  }
  return Buffer.concat(parts);
}
