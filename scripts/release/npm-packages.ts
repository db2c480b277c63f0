// The packages for npm: `ckpt`, which people install, and one a platform, which holds the executable. npm installs of the optional dependencies the one whose
// `os`, `cpu` and `libc` fit the machine.
import * as fs from "node:fs";
import * as path from "node:path";
import manifest from "../../package.json" with { type: "json" };
import { gzip, inFolder, type PackedFile, textFile } from "./packed-file.ts";
import { tar } from "./tar.ts";
import type { Target } from "./targets.ts";

/** The npm organisation of the packages that hold executables. lib/cli/program.ts knows it, too. */
const SCOPE = "@ckpt";
const WRAPPER = path.join(import.meta.dir, "npm/ckpt.js");

export type NpmPackage = {
  readonly name: string;
  readonly manifest: Readonly<Record<string, unknown>>;
  /** As `npm pack` would call it. */
  readonly fileName: string;
  readonly bytes: Uint8Array;
};

export type NpmContents = {
  readonly version: string;
  readonly epochSeconds: number;
  /** What goes into every package: licences. */
  readonly licences: readonly PackedFile[];
  readonly readme: string;
  /** Manual pages by their names, as `ckpt.1`; npm links them where it installs globally. */
  readonly manual?: readonly PackedFile[];
  /** Default: as strong as it goes, which takes ten seconds for an executable. */
  readonly compress?: (bytes: Uint8Array) => Uint8Array;
};

export function packageName({ name }: Target): string {
  return `${SCOPE}/${name}`;
}

function shared(version: string): Readonly<Record<string, unknown>> {
  const { license, repository } = manifest;
  return { version, license, repository };
}

/** The package of one platform. The same contents give the same bytes. */
export function platformPackage(contents: NpmContents, target: Target, executable: Uint8Array): NpmPackage {
  const { os, cpu, libc } = target.npm;
  const name = packageName(target);
  const about = `The executable of ckpt for ${target.name}. Install ckpt instead: it depends on this package.`;
  const json = {
    name,
    description: about,
    ...shared(contents.version),
    os: [os],
    cpu: [cpu],
    ...(libc === undefined ? {} : { libc: [libc] }),
    // Yarn would leave it in an archive, from which it cannot be run.
    preferUnplugged: true,
  };
  return packed(contents, name, json, [
    { path: target.executable, bytes: executable, isExecutable: true },
    textFile("README.md", `# ${name}\n\n${about}\n`),
  ]);
}

/** The package `ckpt`. It is published last, so that what it needs is there. */
export function mainPackage(contents: NpmContents, targets: readonly Target[]): NpmPackage {
  const { version, manual = [] } = contents;
  const json = {
    name: "ckpt",
    description: manifest.description,
    ...shared(version),
    type: "module",
    bin: { ckpt: "ckpt.js" },
    ...(manual.length === 0 ? {} : { man: manual.map((page) => `./man/${page.path}`) }),
    engines: { node: ">=18" },
    optionalDependencies: Object.fromEntries(targets.map((target) => [packageName(target), version])),
    // What ckpt.js chooses from.
    builds: targets.map((target) => ({
      package: packageName(target),
      executable: target.executable,
      ...target.npm,
    })),
  };
  return packed(contents, "ckpt", json, [
    { path: "ckpt.js", bytes: fs.readFileSync(WRAPPER), isExecutable: true },
    textFile("README.md", contents.readme),
    ...inFolder("man", manual),
  ]);
}

function packed(
  { version, epochSeconds, licences, compress = gzip }: NpmContents,
  name: string,
  json: Readonly<Record<string, unknown>>,
  files: readonly PackedFile[],
): NpmPackage {
  const all = [textFile("package.json", `${JSON.stringify(json, null, 2)}\n`), ...files, ...licences];
  return {
    name,
    manifest: json,
    fileName: `${name.replace("@", "").replace("/", "-")}-${version}.tgz`,
    bytes: compress(tar(inFolder("package", all), epochSeconds)),
  };
}
