// Makes a release of a commit: an archive for each target, packages for Debian, installers, the list of what is in them, notes and hashes.
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { bundledPackages } from "./bundle.ts";
import type { Checkout } from "./checkout.ts";
import { deb, debName } from "./deb.ts";
import { makeExecutable } from "./executable.ts";
import { INSTALLERS } from "./installers.ts";
import { minisign, type SecretKey } from "./minisign.ts";
import { mainPackage, type NpmContents, platformPackage } from "./npm-packages.ts";
import { gzip, inFolder, type PackedFile, textFile } from "./packed-file.ts";
import { gatherPapers, type Papers } from "./papers.ts";
import { packagerFiles } from "./packager-files.ts";
import { sbom } from "./sbom.ts";
import { tar } from "./tar.ts";
import { archiveName, BUN_VERSION, type Target } from "./targets.ts";
import { zip } from "./zip.ts";

const SUMS = "SHA256SUMS";

export type ReleaseOptions = {
  readonly checkout: Checkout;
  readonly targets: readonly Target[];
  /** The folder of the release. One that is there already is replaced if it is a release. */
  readonly out: string;
  /** Where runtimes are kept (`runtimes.ts`). */
  readonly cacheFolder: string;
  /** Is told of each file that is made. */
  readonly report: (name: string, bytes: number) => void;
};

/** @throws Error when it cannot be made; then `out` is as it was. */
export async function makeRelease(options: ReleaseOptions): Promise<void> {
  const { checkout, targets, out, cacheFolder, report } = options;
  if (Bun.version !== BUN_VERSION)
    throw new Error(`a release is made with Bun ${BUN_VERSION}; this is ${Bun.version}`);
  checkReplaceable(out);
  // A folder with the name of a release holds a whole one: it is made beside and put in place at the end.
  const folder = `${out}.partial`;
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder, { recursive: true });
  const put = (name: string, content: string | Uint8Array): void => {
    fs.writeFileSync(path.join(folder, name), content);
    report(name, Buffer.byteLength(content));
  };
  const packages = await bundledPackages(checkout.root);
  const papers = await gatherPapers(checkout, packages);
  const forNpm = npmContents(checkout, papers);
  for (const target of targets) {
    const workFolder = path.join(folder, "work");
    const file = await makeExecutable({ root: checkout.root, target, cacheFolder, workFolder });
    const executable = fs.readFileSync(file);
    fs.rmSync(workFolder, { recursive: true });
    put(archiveName(target), packArchive(target, checkout, papers, executable));
    const { debian: architecture } = target;
    if (architecture !== undefined)
      put(debName(checkout, architecture), deb({ checkout, architecture, executable, papers }));
    const { fileName, bytes } = platformPackage(forNpm, target, executable);
    put(fileName, bytes);
  }
  const { fileName, bytes } = mainPackage(forNpm, targets);
  put(fileName, bytes);
  for (const file of INSTALLERS) put(path.basename(file), fs.readFileSync(path.join(checkout.root, file)));
  put(`ckpt-${checkout.version}.cdx.json`, sbom(checkout, packages));
  put("NOTES.md", checkout.notes);
  const { version } = checkout;
  const hashes = new Map(targets.map(archiveName).map((name) => [name, sha256(path.join(folder, name))]));
  for (const [name, text] of packagerFiles({ version, targets, hashes })) put(name, text);
  put(SUMS, sumsOf(folder));
  fs.rmSync(out, { recursive: true, force: true });
  fs.renameSync(folder, out);
}

/** Signs the sums of a release, and with them everything in it. Returns the path of the signature. */
export function signRelease(folder: string, { version, commit }: Checkout, key: SecretKey): string {
  const sums = path.join(folder, SUMS);
  const signature = `${sums}.minisig`;
  fs.writeFileSync(signature, minisign(fs.readFileSync(sums), key, `ckpt ${version}, commit ${commit}`));
  return signature;
}

/** What somebody keeps in a folder that `--out` names by mistake is not removed. */
function checkReplaceable(out: string): void {
  if (!fs.existsSync(out)) return;
  const names = fs.readdirSync(out);
  if (names.length > 0 && !names.includes(SUMS))
    throw new Error(`${out} is not empty, and holds no release that could be replaced`);
}

/** All files are in one folder that has the name of the target. */
function packArchive(
  target: Target,
  { epochSeconds }: Checkout,
  papers: Papers,
  executable: Uint8Array,
): Uint8Array {
  const own: PackedFile = { path: target.executable, bytes: executable, isExecutable: true };
  const files = inFolder(`ckpt-${target.name}`, [own, ...papers.inArchive]);
  return target.archive === "zip" ? zip(files, epochSeconds) : gzip(tar(files, epochSeconds));
}

function npmContents({ version, epochSeconds }: Checkout, papers: Papers): NpmContents {
  const licences = [
    textFile("LICENSE", papers.licence),
    textFile("THIRD-PARTY-LICENSES.txt", papers.thirdPartyLicences),
  ];
  // npm knows no languages of manual pages.
  const manual = papers.inArchive
    .filter((file) => file.path === "man/ckpt.1")
    .map(({ bytes }): PackedFile => ({ path: "ckpt.1", bytes }));
  return { version, epochSeconds, licences, readme: papers.readme, manual };
}

/** As `sha256sum -c` reads it. */
function sumsOf(folder: string): string {
  return fs
    .readdirSync(folder)
    .toSorted()
    .map((name) => `${sha256(path.join(folder, name))}  ${name}\n`)
    .join("");
}

function sha256(file: string): string {
  return createHash("sha256").update(fs.readFileSync(file)).digest("hex");
}
