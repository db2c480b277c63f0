// `bun run release`: makes dist/release/ of the commit that is checked out: an archive for each target, packages for Debian, the list of what is in them,
// release notes, hashes, and a signature where a key is given. How to make a release: docs/release.md.
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { parseArgs } from "node:util";
import { bundledPackages } from "./release/bundle.ts";
import { type Checkout, readCheckout } from "./release/checkout.ts";
import { deb, debName } from "./release/deb.ts";
import { makeExecutable } from "./release/executable.ts";
import { INSTALLERS } from "./release/installers.ts";
import { minisign, readSecretKey, type SecretKey } from "./release/minisign.ts";
import { mainPackage, type NpmContents, platformPackage } from "./release/npm-packages.ts";
import { gzip, inFolder, type PackedFile, textFile } from "./release/packed-file.ts";
import { gatherPapers, type Papers } from "./release/papers.ts";
import { ToolError } from "./release/run-tool.ts";
import { defaultCacheFolder, downloadRuntimes } from "./release/runtimes.ts";
import { sbom } from "./release/sbom.ts";
import { tar } from "./release/tar.ts";
import { archiveName, BUN_VERSION, type Target, targetNamed, TARGETS } from "./release/targets.ts";
import { zip } from "./release/zip.ts";

const SUMS = "SHA256SUMS";
const HELP = `usage: bun run release [-- OPTIONS]
  --target NAME   only this target; repeatable: ${TARGETS.map((target) => target.name).join(", ")}
  --out FOLDER    instead of dist/release
  --cache FOLDER  where runtimes are kept, instead of ${defaultCacheFolder()}
  --download      only fill that folder: a release needs no network afterwards
  --allow-dirty   also when files differ from the commit, to try something out
A key of minisign in MINISIGN_SECRET_KEY (the text of the file), with its password in MINISIGN_PASSWORD, signs ${SUMS}.
`;

type Options = {
  readonly root: string;
  readonly out: string;
  readonly cacheFolder: string;
  readonly targets: readonly Target[];
  readonly isDirtyAllowed: boolean;
  readonly isDownloadOnly: boolean;
  readonly key: SecretKey | undefined;
};

async function release({ root, out, cacheFolder, targets, isDirtyAllowed, key }: Options): Promise<void> {
  if (Bun.version !== BUN_VERSION)
    throw new Error(`a release is made with Bun ${BUN_VERSION}; this is ${Bun.version}`);
  const checkout = await readCheckout(root, isDirtyAllowed);
  const packages = await bundledPackages(root);
  const papers = await gatherPapers(root, packages);
  // A folder with the name of a release holds a whole one: it is made beside and put in place at the end.
  const folder = `${out}.partial`;
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder, { recursive: true });
  const put = (name: string, content: string | Uint8Array): void => {
    fs.writeFileSync(path.join(folder, name), content);
    console.log(`${String(Buffer.byteLength(content)).padStart(11)}  ${name}`);
  };
  const forNpm = npmContents(checkout, papers);
  for (const target of targets) {
    const workFolder = path.join(folder, "work");
    const file = await makeExecutable({ root, target, cacheFolder, workFolder });
    const executable = fs.readFileSync(file);
    fs.rmSync(workFolder, { recursive: true });
    put(archiveName(target), packArchive(target, checkout, papers, executable));
    if (target.debian !== undefined)
      put(debName(checkout, target.debian), packDebian(target.debian, checkout, papers, executable));
    const { fileName, bytes } = platformPackage(forNpm, target, executable);
    put(fileName, bytes);
  }
  const { fileName, bytes } = mainPackage(forNpm, targets);
  put(fileName, bytes);
  for (const file of INSTALLERS) put(path.basename(file), fs.readFileSync(path.join(root, file)));
  put(`ckpt-${checkout.version}.cdx.json`, sbom(checkout, packages));
  put("NOTES.md", checkout.notes);
  const sums = sumsOf(folder);
  put(SUMS, sums);
  if (key !== undefined) {
    const comment = `ckpt ${checkout.version}, commit ${checkout.commit}`;
    put(`${SUMS}.minisig`, minisign(Buffer.from(sums), key, comment));
  }
  fs.rmSync(out, { recursive: true, force: true });
  fs.renameSync(folder, out);
  console.log(`ckpt ${checkout.version} of ${checkout.commit} is in ${out}`);
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

function packDebian(
  architecture: "amd64" | "arm64",
  checkout: Checkout,
  papers: Papers,
  executable: Uint8Array,
): Uint8Array {
  const { onDebian: shared, licence, readme, changelog } = papers;
  const licences = papers.thirdPartyLicences;
  return deb({
    checkout,
    architecture,
    executable,
    shared,
    licence,
    readme,
    changelog,
    thirdPartyLicences: licences,
  });
}

function npmContents({ version, epochSeconds }: Checkout, papers: Papers): NpmContents {
  const licences = [
    textFile("LICENSE", papers.licence),
    textFile("THIRD-PARTY-LICENSES.txt", papers.thirdPartyLicences),
  ];
  return { version, epochSeconds, licences, readme: papers.readme };
}

/** As `sha256sum -c` reads it. */
function sumsOf(folder: string): string {
  return fs
    .readdirSync(folder)
    .toSorted()
    .map((name) => {
      const hash = createHash("sha256").update(fs.readFileSync(path.join(folder, name)));
      return `${hash.digest("hex")}  ${name}\n`;
    })
    .join("");
}

function readOptions(
  words: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Options | undefined {
  const root = path.resolve(import.meta.dir, "..");
  const { values } = parseArgs({
    args: [...words],
    options: {
      target: { type: "string", multiple: true },
      out: { type: "string", default: path.join(root, "dist", "release") },
      cache: { type: "string", default: defaultCacheFolder() },
      download: { type: "boolean", default: false },
      "allow-dirty": { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return undefined;
  const { MINISIGN_SECRET_KEY: secret = "", MINISIGN_PASSWORD: password } = env;
  return {
    root,
    out: path.resolve(values.out),
    cacheFolder: path.resolve(values.cache),
    targets: values.target?.map(targetNamed) ?? TARGETS,
    isDirtyAllowed: values["allow-dirty"],
    isDownloadOnly: values.download,
    key: secret === "" ? undefined : readSecretKey(secret, password),
  };
}

try {
  const options = readOptions(process.argv.slice(2), process.env);
  if (options === undefined) console.log(HELP);
  else if (options.isDownloadOnly) await downloadRuntimes(options.targets, options.cacheFolder);
  else await release(options);
} catch (error) {
  if (!(error instanceof Error)) throw error;
  // What a person has to mend is said in its words; a fault of this script shows where it is.
  const isExpected = error instanceof ToolError || error.constructor === Error || "code" in error;
  console.error(`release: ${isExpected ? error.message : error.stack}`);
  process.exitCode = 1;
}
