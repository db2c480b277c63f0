// `bun scripts/release/installers.ts`: fills the table of targets, the address of the releases and the public key into install.sh, install.ps1,
// the READMEs and docs/install.md.
// With `--check` it writes nothing, and ends with 1 where a file is not what it would write.
import * as fs from "node:fs";
import * as path from "node:path";
import { PUBLIC_KEY, RELEASES_URL } from "./repository.ts";
import { type Target, TARGETS } from "./targets.ts";

const ROOT = path.resolve(import.meta.dir, "../..");
const [BEGIN, END] = ["# targets: begin", "# targets: end"];
const MADE = "# Made from scripts/release/targets.ts.";

/** Published with a release, beside what they install. */
export const INSTALLERS = ["scripts/release/install.sh", "scripts/release/install.ps1"] as const;

/** What each file has to hold, by its path from the root. */
export function installerFiles(): ReadonlyMap<string, string> {
  const [shell, powershell] = INSTALLERS;
  const files = new Map<string, string>([
    [shell, filled(shell, shellTable())],
    [powershell, filled(powershell, powershellTable())],
  ]);
  for (const page of ["README.md", "README.zh.md", "docs/install.md"])
    files.set(page, withAddress(textOf(page)));
  return files;
}

function textOf(name: string): string {
  return fs.readFileSync(path.join(ROOT, name), "utf8");
}

function filled(name: string, table: readonly string[]): string {
  const text = textOf(name);
  const [from, to] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`${name}: the marks round the table of targets are missing`);
  const indent = /[ ]*$/.exec(text.slice(0, from))?.[0] ?? "";
  const lines = [BEGIN, MADE, ...table, ""].join(`\n${indent}`);
  return withAddress(text.slice(0, from) + lines + text.slice(to)).replace(
    /^( *\$?(?:PUBLIC_KEY|PublicKey) ?= ?)'.*'$/m,
    (_line, assigned) => `${assigned}'${PUBLIC_KEY}'`,
  );
}

/** Every address of releases becomes that of this repository. */
function withAddress(text: string): string {
  return text.replaceAll(/https:\/\/[\w.-]+\/[\w.-]+\/[\w.-]+\/releases\b/g, RELEASES_URL);
}

/** `target_of SYSTEM MACHINE LIBC`, and the names of all targets that install.sh installs. */
function shellTable(): string[] {
  const targets = TARGETS.filter(({ archive }) => archive === "tar.gz");
  return [
    `TARGETS='${targets.map(({ name }) => name).join(", ")}'`,
    "target_of() { # SYSTEM MACHINE LIBC",
    '  case "$1 $2 $3" in',
    ...targets.map((target) => `    ${machinesOf(target).join(" | ")}) echo ${target.name} ;;`),
    "  esac",
    "}",
  ];
}

function machinesOf({ uname, npm }: Target): string[] {
  return uname.machines.map((machine) => `"${uname.system} ${machine} ${npm.libc ?? ""}"`);
}

/** What PROCESSOR_ARCHITECTURE says, and the target for it. */
function powershellTable(): string[] {
  return [
    "$Targets = @{",
    ...TARGETS.filter(({ archive }) => archive === "zip").flatMap(({ name, uname }) =>
      uname.machines.map((machine) => `  '${machine}' = '${name}'`),
    ),
    "}",
  ];
}

if (import.meta.main) {
  const isCheck = process.argv.includes("--check");
  for (const [name, content] of installerFiles()) {
    if (textOf(name) === content) continue;
    if (isCheck) {
      console.error(`${name} is not what it would be made of: run "bun scripts/release/installers.ts"`);
      process.exitCode = 1;
    } else {
      fs.writeFileSync(path.join(ROOT, name), content);
      console.log(`wrote ${name}`);
    }
  }
}
