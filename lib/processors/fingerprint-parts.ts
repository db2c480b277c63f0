// Parts of the fingerprint that several processors share.
import * as path from "node:path";
import { cutText } from "../core/cut-text.ts";
import type { FingerprintPart } from "../core/fingerprint.ts";
import { contentHash, moduleFiles } from "../io/content-hash.ts";
import type { Parse } from "./output-text.ts";
import type { ProcessorKind } from "./processor.ts";

/** A larger file is data or a system program, not a script that users edit between runs. */
const ARGUMENT_FILE_MAX_BYTES = 1 << 20;

const SHOWN_MAX_LENGTH = 120;

export function kindPart(kind: ProcessorKind): FingerprintPart {
  return { name: "kind", value: kind, shown: kind };
}

export function parsePart(parse: Parse): FingerprintPart {
  return { name: "parse", value: parse, shown: parse };
}

/** Text on one line, shortened when it is long. */
export function shortened(text: string): string {
  return cutText(text.replaceAll(/\s+/g, " ").trim(), SHOWN_MAX_LENGTH, "…");
}

/** A part whose value is the hash of one or more files. */
export function contentPart(name: string, shownName: string, sha256: string): FingerprintPart {
  return { name, value: sha256, shown: `${shortened(shownName)} (sha256 ${sha256.slice(0, 8)})` };
}

/**
 * One part for each argument that names a regular file of at most 1 MiB. The program itself counts only if it is given with a path.
 * @param argv program and arguments; null for an argument with placeholders
 */
export function argumentFileParts(argv: readonly (string | null)[]): FingerprintPart[] {
  const parts = new Map<string, FingerprintPart>();
  for (const [at, argument] of argv.entries()) {
    if (argument === null || argument === "" || (at === 0 && path.basename(argument) === argument)) continue;
    const sha256 = hashOrNull(argument);
    if (sha256 !== null) parts.set(argument, contentPart(`file:${argument}`, argument, sha256));
  }
  return [...parts.values()];
}

function hashOrNull(file: string): string | null {
  try {
    return contentHash(file, ARGUMENT_FILE_MAX_BYTES);
  } catch {
    return null; // unreadable, not a path, or too long for one: an ordinary argument
  }
}

/** The module and what it imports by relative paths, as one part. @param file absolute path */
export function modulePart(file: string): FingerprintPart {
  const files = moduleFiles(file);
  const text = JSON.stringify(files.map(({ name, sha256 }) => [name, sha256]));
  const sha256 = new Bun.CryptoHasher("sha256").update(text).digest("hex");
  const others = files.length - 1;
  const imports = others === 0 ? "" : ` and ${others} ${others === 1 ? "import" : "imports"}`;
  return contentPart("module", `${path.basename(file)}${imports}`, sha256);
}
