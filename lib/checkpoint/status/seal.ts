// Small files: one line of JSON with a checksum.
import { LINE_FEED } from "../../core/ascii.ts";
import { CkptError } from "../../core/errors.ts";
import { NEWEST_VERSION } from "../../core/format-version.ts";
import { hasRightSum, shortHash, SUM_END, SUM_KEY } from "../checksum.ts";

/** The line (with its end) of a sealed object. `value` must be a non-empty object. */
export function seal(value: object): string {
  const body = JSON.stringify(value).slice(0, -1) + SUM_KEY;
  return `${body}${shortHash(body)}${SUM_END}\n`;
}

/**
 * The object of a sealed file without its checksum; null when the checksum is wrong.
 * @throws checkpoint.newer when a newer version of the format made the file
 */
export function unseal(bytes: Uint8Array, path: string): { readonly [key: string]: unknown } | null {
  const file = Buffer.from(bytes);
  const value = parseObject(file.toString("utf8"));
  const version = value?.["v"];
  if (typeof version === "number" && version > NEWEST_VERSION) {
    throw new CkptError("checkpoint.newer", { path, version, supported: NEWEST_VERSION });
  }
  const isWhole = file.at(-1) === LINE_FEED && hasRightSum(file.subarray(0, -1));
  if (value === null || !isWhole) return null;
  const { sum: _sum, ...facts } = value;
  return facts;
}

function parseObject(text: string): { readonly [key: string]: unknown } | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    // Not JSON: treated like a wrong checksum.
    return null;
  }
}
