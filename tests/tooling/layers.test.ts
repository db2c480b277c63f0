// Deliberate breaches of the layer rules and of the house rules, one a row: a rule that no longer bites fails here.
// They are linted in a copy of the layout with the project's own configuration, in one run for all rows.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ENV } from "../helpers/ckpt.ts";

type Diagnostic = {
  readonly filename: string;
  readonly code: string;
  readonly message: string;
  readonly help?: string;
};
/** Where the code stands, the code, the rule that must refuse it, words of the reason it gives. */
type Breach = readonly [file: string, source: string, rule: string, reason: string];

const IMPORTS = "eslint(no-restricted-imports)";
const PROPERTIES = "eslint(no-restricted-properties)";
const GLOBALS = "eslint(no-restricted-globals)";
const SIBLINGS = "do not know each other";
const EFFECTS = "Only lib/io touches the disk, child processes and the network";
const TYPES_ONLY = "lib/run knows input, processors and checkpoint only as types";
const DOORS = "lib/checkpoint is used through its doors alone: lib/checkpoint/checkpoint.ts, ";
const UI_LIBRARIES = "Only lib/ui knows consola and clack";

const CLI = `import { x } from "./lib/core/a.ts";\nimport { y } from "consola";\nexport const used = (): unknown => [x, y];`;

const breaches: readonly Breach[] = [
  ["lib/core", use("../io/fs.ts"), IMPORTS, "lib/core holds pure rules"],
  ["lib/core", use("../checkpoint/names.ts"), IMPORTS, "lib/core holds pure rules"],
  [
    "lib/core",
    `import type { T } from "../run/a.ts";\nexport type U = T;`,
    IMPORTS,
    "lib/core holds pure rules",
  ],
  [
    "lib/core",
    `export const later = (): unknown => import("../io/fs.ts");`,
    IMPORTS,
    "lib/core holds pure rules",
  ],
  ["lib/core", `export { x } from "../ui/a.ts";`, IMPORTS, "lib/core holds pure rules"],
  ["lib/core/deep", use("../../io/fs.ts"), IMPORTS, "lib/core holds pure rules"],
  ["lib/io", use("../checkpoint/names.ts"), IMPORTS, "knows only lib/core"],
  ["lib/io", use("../run/a.ts"), IMPORTS, "knows only lib/core"],
  ["lib/input", use("../run/a.ts"), IMPORTS, "lib/input turns files into items"],
  ["lib/input", use("../checkpoint/names.ts"), IMPORTS, SIBLINGS],
  ["lib/input", use("../processors/a.ts"), IMPORTS, SIBLINGS],
  ["lib/processors", use("../commands/a.ts"), IMPORTS, "the run loop calls a processor"],
  ["lib/processors", use("../input/a.ts"), IMPORTS, SIBLINGS],
  ["lib/processors", use("../checkpoint/a.ts"), IMPORTS, SIBLINGS],
  ["lib/checkpoint", use("../output/a.ts"), IMPORTS, "does not depend on how it was run"],
  ["lib/checkpoint", use("../input/a.ts"), IMPORTS, SIBLINGS],
  ["lib/checkpoint", use("../processors/a.ts"), IMPORTS, SIBLINGS],
  ["lib/run", use("../checkpoint/a.ts"), IMPORTS, TYPES_ONLY],
  ["lib/run", use("../processors/a.ts"), IMPORTS, TYPES_ONLY],
  ["lib/run", use("../input/a.ts"), IMPORTS, TYPES_ONLY],
  ["lib/run", use("../ui/a.ts"), IMPORTS, "It reports events"],
  ["lib/run", use("../output/a.ts"), IMPORTS, "It reports events"],
  ["lib/output", use("../ui/a.ts"), IMPORTS, "lib/output writes results in input order"],
  ["lib/output", use("../commands/a.ts"), IMPORTS, "lib/output writes results in input order"],
  ["lib/ui", use("../commands/a.ts"), IMPORTS, "lib/ui knows what it shows only as types"],
  ["lib/ui", use("../checkpoint/a.ts"), IMPORTS, "lib/ui knows what it shows only as types"],
  ["lib/ui", use("../cli/a.ts"), IMPORTS, "lib/ui knows what it shows only as types"],
  ["lib/cli", use("../job/a.ts"), IMPORTS, "knows no command"],
  ["lib/cli", use("../checkpoint/a.ts"), IMPORTS, "knows no command"],
  ["lib/job", use("../commands/a.ts"), IMPORTS, "lib/job puts a job together"],
  ["lib/commands", use("../start/a.ts"), IMPORTS, "Only lib/start chooses among them"],
  ["lib/job", use("../checkpoint/names.ts"), IMPORTS, DOORS],
  ["lib/job", use("../checkpoint/log/recovery.ts"), IMPORTS, DOORS],
  ["lib/job/arguments", use("../../checkpoint/folder.ts"), IMPORTS, DOORS],
  ["lib/commands", use("../checkpoint/record/read-record.ts"), IMPORTS, DOORS],
  ["lib/commands", use("../checkpoint/backup/results.ts"), IMPORTS, DOORS],
  [
    "lib/commands",
    `export const later = (): unknown => import("../checkpoint/log/verify.ts");`,
    IMPORTS,
    DOORS,
  ],
  ["lib/output", use("../checkpoint/log/log-reader.ts"), IMPORTS, DOORS],
  [
    "lib/run",
    `import type { T } from "../checkpoint/status/session.ts";\nexport type U = T;`,
    IMPORTS,
    DOORS,
  ],
  [
    "lib/ui/messages",
    `import type { T } from "../../checkpoint/log/verify.ts";\nexport type U = T;`,
    IMPORTS,
    DOORS,
  ],
  ["lib/run", use("../checkpoint/checkpoint.ts"), IMPORTS, TYPES_ONLY],
  ["lib/run", use("citty"), IMPORTS, "Only lib/cli and lib/commands know citty"],
  ["lib/job", use("citty"), IMPORTS, "Only lib/cli and lib/commands know citty"],
  ["lib/commands", use("../../tests/a.ts"), IMPORTS, "never the other way round"],
  ["lib/core", use("../../cli.ts"), IMPORTS, "never the other way round"],
  [".", CLI, IMPORTS, "cli.ts hands the words to lib/start"],
  [".", CLI, IMPORTS, "it needs nothing else"],

  ["lib/core", use("node:fs"), IMPORTS, EFFECTS],
  ["lib/checkpoint", use("node:fs/promises"), IMPORTS, EFFECTS],
  ["lib/checkpoint", use("fs"), IMPORTS, EFFECTS],
  ["lib/checkpoint", use("bun:sqlite"), IMPORTS, EFFECTS],
  ["lib/processors", use("node:child_process"), IMPORTS, EFFECTS],
  ["lib/processors", use("node:https"), IMPORTS, EFFECTS],
  ["lib/output", use("node:fs"), IMPORTS, EFFECTS],
  ["lib/commands", use("node:fs"), IMPORTS, EFFECTS],
  ["lib/processors", use("bun"), IMPORTS, "Use the global Bun"],
  ["lib/processors", `export const child = Bun.spawn(["true"]);`, PROPERTIES, EFFECTS],
  ["lib/processors", `const { spawnSync } = Bun;\nexport { spawnSync };`, PROPERTIES, EFFECTS],
  ["lib/checkpoint", `export const file = Bun.file("a");`, PROPERTIES, EFFECTS],
  ["lib/commands", `export const written = Bun.write("a", "b");`, PROPERTIES, EFFECTS],
  ["lib/processors", `export const answer = fetch("http://localhost");`, GLOBALS, EFFECTS],
  ["lib/processors", `export const answer = globalThis.fetch("http://localhost");`, GLOBALS, EFFECTS],
  ["lib/run", `export const at = Date.now();`, PROPERTIES, "The clock is an argument"],
  ["lib/core", `export const chance = Math.random();`, PROPERTIES, "Chance is an argument"],
  ["lib/run", `export const where = process.env;`, GLOBALS, "process.* belongs to lib/cli/host.ts"],
  ["lib/ui", use("node:process"), IMPORTS, "process.* belongs to lib/cli/host.ts"],

  ["lib/commands", use("@clack/prompts"), IMPORTS, UI_LIBRARIES],
  ["lib/commands", use("consola"), IMPORTS, UI_LIBRARIES],
  ["lib/run", use("consola/basic"), IMPORTS, UI_LIBRARIES],
  ["lib/run", use("openai"), IMPORTS, "everything else sees a processor"],

  ["lib/core", `export default function named(): void {}`, "import(no-default-export)", ""],
  ["lib/core", `export const x: any = 1;`, "typescript(no-explicit-any)", ""],
  ["lib/core", `export const x = [1][0]!;`, "typescript(no-non-null-assertion)", ""],
  ["lib/core", `export * from "./other.ts";`, "oxc(no-barrel-file)", ""],
  ["lib/core", `export function f(): void {\n  console.log(1);\n}`, "eslint(no-console)", ""],
  ["lib/core", `export function f(): void {\n  try {\n    f();\n  } catch {}\n}`, "eslint(no-empty)", ""],
  [
    "lib/core",
    `export function f(): void {\n${"  f();\n".repeat(70)}}`,
    "eslint(max-lines-per-function)",
    "",
  ],
  [
    "lib/core",
    `export async function f(): Promise<void> {\n  await null;\n  f();\n}`,
    "typescript(no-floating-promises)",
    "",
  ],
  [
    "lib/core",
    `export function f(x: "a" | "b"): void {\n  switch (x) {\n    case "a":\n      f(x);\n  }\n}`,
    "typescript(switch-exhaustiveness-check)",
    "",
  ],
];

/** What the design allows, so that a rule grown too wide fails as well. */
const allowed: readonly (readonly [file: string, source: string])[] = [
  ["lib/core", use("./other.ts")],
  ["lib/io", `${use("node:fs")}\nexport const child = Bun.spawn(["true"]);\nexport const at = Date.now();`],
  ["lib/input", use("../io/fs.ts")],
  ["lib/checkpoint", use("../core/record.ts")],
  ["lib/processors", `export const load = (path: string): Promise<unknown> => import(path);`],
  ["lib/processors", use("openai")],
  ["lib/run", `import type { T } from "../checkpoint/locked-checkpoint.ts";\nexport type U = T;`],
  ["lib/job", use("../checkpoint/locked-checkpoint.ts")],
  ["lib/job/arguments", use("../../checkpoint/checkpoint.ts")],
  ["lib/checkpoint", use("./log/log-reader.ts")],
  ["lib/checkpoint/log", use("../status/seal.ts")],
  ["lib/ui/messages/errors", use("./checkpoint/en.ts")],
  ["lib/run", use("../core/plan.ts")],
  ["lib/output", use("../checkpoint/results.ts")],
  ["lib/output", use("../input/input.ts")],
  ["lib/ui", use("@clack/prompts")],
  ["lib/ui", use("consola")],
  ["lib/ui/messages", use("../format.ts")],
  ["lib/commands", `${use("./b.ts")}\nexport const later = (): unknown => import("../run/run.ts");`],
  ["lib/start", `export const where = process.env;`],
  ["lib/cli", use("citty")],
  ["lib/job", use("../cli/a.ts")],
];

const root = join(import.meta.dir, "../..");
let folder = "";
let diagnostics: readonly Diagnostic[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "ckpt-layers-"));
  copyFileSync(join(root, "oxlint.config.ts"), join(folder, "oxlint.config.ts"));
  copyFileSync(join(root, "tsconfig.json"), join(folder, "tsconfig.json"));
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  breaches.forEach(([where, source], row) => put(fileOf(where, `breach-${row}`), source));
  allowed.forEach(([where, source], row) => put(fileOf(where, `allowed-${row}`), source));
  put("lib/core/ring-a.ts", `import { b } from "./ring-b.ts";\nexport const a = (): unknown => b;`);
  put("lib/core/ring-b.ts", `import { a } from "./ring-a.ts";\nexport const b = (): unknown => a;`);
  put("lib/core/words.ts", `export enum Word {\n  A,\n}`);
  diagnostics = lint();
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

for (const [row, [where, source, rule, reason]] of breaches.entries()) {
  test(`${rule} refuses in ${where}: ${firstLine(source)}`, () => {
    const file = fileOf(where, `breach-${row}`);
    const found = diagnostics.filter(
      (diagnostic) => diagnostic.filename === file && diagnostic.code === rule,
    );
    expect(found.map(textOf).join("\n")).toContain(reason);
    expect(found).not.toBeEmpty();
  });
}

for (const [row, [where, source]] of allowed.entries()) {
  test(`the layer rules allow in ${where}: ${firstLine(source)}`, () => {
    const file = fileOf(where, `allowed-${row}`);
    const found = diagnostics.filter(
      (diagnostic) => diagnostic.filename === file && diagnostic.code.includes("no-restricted"),
    );
    expect(found.map(textOf)).toEqual([]);
  });
}

test("import(no-cycle) refuses two files that import each other", () => {
  const found = diagnostics.filter((diagnostic) => diagnostic.code === "import(no-cycle)");
  expect(found.map((diagnostic) => diagnostic.filename).toSorted()).toEqual([
    "lib/core/ring-a.ts",
    "lib/core/ring-b.ts",
  ]);
});

test("tsc refuses an enum", () => {
  const run = Bun.spawnSync([process.execPath, "node_modules/.bin/tsc", "--noEmit"], {
    cwd: folder,
    env: ENV,
  });
  expect(run.stdout.toString()).toContain("lib/core/words.ts(1,13): error TS1294");
});

function use(specifier: string): string {
  return `import { x } from "${specifier}";\nexport const used = (): unknown => x;`;
}

/** The rules of cli.ts go by its name, so a breach at the top level has to be that file. */
function fileOf(where: string, name: string): string {
  return where === "." ? "cli.ts" : `${where}/${name}.ts`;
}

function put(file: string, source: string): void {
  const path = join(folder, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${source}\n`);
}

function lint(): readonly Diagnostic[] {
  // Run by Bun itself, which reads a configuration in TypeScript.
  const command = ["--bun", "node_modules/.bin/oxlint", "--type-aware", "--format=json"];
  const run = Bun.spawnSync([process.execPath, ...command], { cwd: folder, env: ENV });
  return (JSON.parse(run.stdout.toString()) as { readonly diagnostics: readonly Diagnostic[] }).diagnostics;
}

function textOf(diagnostic: Diagnostic): string {
  return `${diagnostic.message} ${diagnostic.help ?? ""}`;
}

function firstLine(source: string): string {
  return source.split("\n", 1)[0] ?? "";
}
