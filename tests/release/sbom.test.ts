// The list of what is in the executables keeps to what CycloneDX 1.6 asks for, names everything, and is the same for the same commit.
import { describe, expect, test } from "bun:test";
import * as path from "node:path";
import { bundledPackages } from "../../scripts/release/bundle.ts";
import type { Checkout } from "../../scripts/release/checkout.ts";
import { sbom } from "../../scripts/release/sbom.ts";
import { BUN_VERSION, TARGETS } from "../../scripts/release/targets.ts";

const packages = await bundledPackages(path.resolve(import.meta.dir, "../.."));
const CHECKOUT: Checkout = {
  root: "/nowhere",
  version: "1.2.0",
  commit: "0123456789abcdef0123456789abcdef01234567",
  epochSeconds: 1_767_323_045,
  notes: "",
};

type Component = Readonly<Record<string, unknown>> & {
  readonly group?: string;
  readonly name: string;
  readonly version: string;
  readonly components?: readonly Component[];
};
type Document = Readonly<Record<string, unknown>> & {
  readonly metadata: { readonly timestamp: string; readonly component: Component };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
};

const made = (checkout: Checkout): Document => JSON.parse(sbom(checkout, packages)) as Document;
const document = made(CHECKOUT);
const all = [
  document.metadata.component,
  ...document.components,
  ...document.components.flatMap(({ components = [] }) => components),
];

describe("sbom()", () => {
  test("has the head that the schema asks for", () => {
    expect(document).toMatchObject({ bomFormat: "CycloneDX", specVersion: "1.6", version: 1 });
    expect(String(document["serialNumber"])).toMatch(
      /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/,
    );
    expect(document.metadata.timestamp).toBe("2026-01-02T03:04:05.000Z");
    expect(document.metadata.component).toMatchObject({
      type: "application",
      name: "ckpt",
      version: "1.2.0",
    });
  });

  test("each component has a kind, a name, a version and a reference of its own", () => {
    for (const one of all) {
      expect(["application", "library", "platform"]).toContain(String(one["type"]));
      for (const key of ["name", "version", "bom-ref"]) expect(one[key]).toMatch(/^\S+$/);
    }
    expect(new Set(all.map((one) => one["bom-ref"])).size).toBe(all.length);
    for (const { purl, hashes, licenses } of document.components) {
      expect(purl).toMatch(/^pkg:npm\/(?:%40[\w.-]+\/)?[\w.-]+@\d[\w.-]*$/);
      if (hashes !== undefined)
        expect(hashes).toEqual([{ alg: "SHA-512", content: expect.stringMatching(/^[0-9a-f]{128}$/) }]);
      expect(licenses).toEqual([{ license: { id: expect.stringMatching(/^[\w.-]+$/) } }]);
    }
  });

  test("names every package of the bundle, Bun, its runtimes and the libraries in it", () => {
    const names = all.map(
      ({ group, name, version }) => `${group === undefined ? "" : `${group}/`}${name}@${version}`,
    );
    for (const { name, version } of packages) expect(names).toContain(`${name}@${version}`);
    for (const { runtime } of TARGETS) expect(names).toContain(`${runtime.package}@${BUN_VERSION}`);
    expect(names).toContain(`bun@${BUN_VERSION}`);
    for (const name of ["webkit", "sqlite", "boringssl"])
      expect(names).toContain(`${name}@${process.versions[name]}`);
  });

  test("says of each component what it needs, of those that are named", () => {
    const references = new Set(all.map((one) => one["bom-ref"]));
    const needs = new Map(document.dependencies.map(({ ref, dependsOn }) => [ref, dependsOn]));
    expect(needs.size).toBe(document.dependencies.length);
    for (const { ref, dependsOn } of document.dependencies)
      for (const one of [ref, ...dependsOn]) expect(references).toContain(one);
    const clack = [...needs].find(([ref]) => ref.startsWith("@clack/prompts@"))?.[1] ?? [];
    expect(clack.some((ref) => ref.startsWith("@clack/core@"))).toBe(true);
    expect(needs.get("ckpt@1.2.0")?.length).toBe(document.components.length);
  });

  test("is the same for the same commit, and has another serial number for another", () => {
    expect(sbom(CHECKOUT, packages)).toBe(sbom({ ...CHECKOUT, root: "/elsewhere" }, packages));
    const other = made({ ...CHECKOUT, commit: "1".repeat(40) });
    expect(other["serialNumber"]).not.toBe(document["serialNumber"]);
  });
});
