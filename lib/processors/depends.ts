// `--depends FILE`: further files that the results depend on, as parts of the fingerprint.
import { causeText, CkptError } from "../core/errors.ts";
import type { FingerprintPart } from "../core/fingerprint.ts";
import { contentHash } from "../io/content-hash.ts";
import { contentPart } from "./fingerprint-parts.ts";

/** One part per file, in the given order. @throws CkptError `depends.unreadable` */
export function dependsParts(files: readonly string[]): readonly FingerprintPart[] {
  return [...new Set(files)].map((file) => contentPart(`depends:${file}`, file, hashOf(file)));
}

function hashOf(file: string): string {
  let sha256: string | null;
  try {
    sha256 = contentHash(file);
  } catch (error) {
    throw new CkptError("depends.unreadable", { path: file, cause: causeText(error) }, { cause: error });
  }
  if (sha256 !== null) return sha256;
  throw new CkptError("depends.unreadable", {
    path: file,
    cause: "there is no such file, or it is not a regular one",
  });
}
