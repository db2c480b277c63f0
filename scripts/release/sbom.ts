// The list of everything in the executables (CycloneDX 1.6, JSON): packages of the bundle, Bun's runtimes, and the libraries that Bun says it holds.
// The same commit gives the same bytes: the time is that of the commit, the serial number is made of it.
import { createHash } from "node:crypto";
import type { BundledPackage } from "./bundle.ts";
import type { Checkout } from "./checkout.ts";
import { BUN_VERSION, type Target, TARGETS } from "./targets.ts";

/** What `process.versions` names beside libraries: versions of interfaces, and tools that Bun was built with. */
const NO_LIBRARIES: ReadonlySet<string> = new Set([
  "bun",
  "modules",
  "napi",
  "node",
  "openssl",
  "typescript",
  "unicode",
  "v8",
  "zig",
]);

type Component = {
  readonly type: "application" | "library" | "platform";
  readonly "bom-ref": string;
  readonly group?: string;
  readonly name: string;
  readonly version: string;
  readonly purl?: string;
  readonly licenses?: readonly { readonly license: { readonly id: string } }[];
  readonly hashes?: readonly { readonly alg: "SHA-512"; readonly content: string }[];
  readonly components?: readonly Component[];
};

export function sbom(
  { version, commit, epochSeconds }: Checkout,
  packages: readonly BundledPackage[],
): string {
  const own: Component = {
    type: "application",
    "bom-ref": `ckpt@${version}`,
    name: "ckpt",
    version,
    purl: `pkg:generic/ckpt@${version}`,
    licenses: licensed("MIT"),
  };
  const libraries = packages.map(packageComponent);
  const bun = bunComponent();
  const runtimes = TARGETS.map(runtimeComponent);
  const refByName = new Map(packages.map(({ name }, index) => [name, libraries[index]?.["bom-ref"] ?? name]));
  const needs = (names: readonly string[]): readonly string[] =>
    names.map((name) => refByName.get(name)).filter((ref) => ref !== undefined);
  const all = [...libraries, bun, ...runtimes];
  const document = {
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    serialNumber: `urn:uuid:${uuidOf(`ckpt ${version} ${commit}`)}`,
    version: 1,
    metadata: {
      timestamp: new Date(epochSeconds * 1000).toISOString(),
      component: own,
      properties: [{ name: "ckpt:commit", value: commit }],
    },
    components: all,
    dependencies: [
      { ref: own["bom-ref"], dependsOn: all.map((one) => one["bom-ref"]) },
      ...packages.map((one, index) => ({
        ref: libraries[index]?.["bom-ref"],
        dependsOn: needs(one.dependencies),
      })),
      ...[bun, ...runtimes].map((one) => ({ ref: one["bom-ref"], dependsOn: [] })),
    ],
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function packageComponent({ name, version, license, integrity }: BundledPackage): Component {
  return {
    type: "library",
    ...npmName(name, version),
    licenses: licensed(license),
    hashes: hashes(integrity),
  };
}

function runtimeComponent({ runtime }: Target): Component {
  const { package: name, integrity } = runtime;
  return {
    type: "platform",
    ...npmName(name, BUN_VERSION),
    licenses: licensed("MIT"),
    hashes: hashes(integrity),
  };
}

function bunComponent(): Component {
  const libraries = Object.entries(process.versions)
    .filter((entry): entry is [string, string] => !NO_LIBRARIES.has(entry[0]) && entry[1] !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, version]): Component => ({
      type: "library",
      "bom-ref": `bun/${name}@${version}`,
      name,
      version,
    }));
  return {
    type: "platform",
    ...npmName("bun", BUN_VERSION),
    licenses: licensed("MIT"),
    components: libraries,
  };
}

function npmName(
  fullName: string,
  version: string,
): Pick<Component, "bom-ref" | "group" | "name" | "version" | "purl"> {
  const [, group, name = fullName] = /^(@[^/]+)\/(.+)$/.exec(fullName) ?? [];
  const purl = `pkg:npm/${fullName.replace("@", "%40")}@${version}`;
  return {
    "bom-ref": `${fullName}@${version}`,
    ...(group === undefined ? {} : { group }),
    name,
    version,
    purl,
  };
}

function licensed(id: string): readonly { readonly license: { readonly id: string } }[] {
  return [{ license: { id } }];
}

/** From npm's writing (base64) to that of CycloneDX (hex). */
function hashes(integrity: string): readonly { readonly alg: "SHA-512"; readonly content: string }[] {
  const content = Buffer.from(integrity.replace(/^sha512-/, ""), "base64").toString("hex");
  return [{ alg: "SHA-512", content }];
}

/** A UUID of version 8 (RFC 9562: made of what the maker likes). */
function uuidOf(text: string): string {
  const bytes = createHash("sha256").update(text).digest().subarray(0, 16);
  bytes[6] = (bytes.readUInt8(6) & 0x0f) | 0x80;
  bytes[8] = (bytes.readUInt8(8) & 0x3f) | 0x80;
  const hex = bytes.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
