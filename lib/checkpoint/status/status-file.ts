// The status file: decoded strictly (checksum, version, shape), and always replaced completely.
import { isKnownVersion } from "../../core/format-version.ts";
import { type Fields, fitShape, type Sealed } from "../../core/shape.ts";
import { STATUS, type Status } from "../../core/status.ts";
import { readSmallFile } from "../../io/file.ts";
import type { FileSystem } from "../../io/fs.ts";
import { seal, unseal } from "./seal.ts";

export type StatusRead =
  | { readonly kind: "absent" }
  | { readonly kind: "damaged"; readonly bytes: number }
  | { readonly kind: "good"; readonly status: Status };

/** The bytes of a status file. */
export function encodeStatus(status: Status): Uint8Array {
  return Buffer.from(seal(status));
}

/** Reads a status file. @throws checkpoint.newer, and read errors */
export function readStatus(fs: FileSystem, file: string): StatusRead {
  return decodeStatus(readSmallFile(fs, file), file);
}

/** Decodes the bytes of a status file; null: there is none. @throws checkpoint.newer */
export function decodeStatus(bytes: Uint8Array | null, file: string): StatusRead {
  if (bytes === null) return { kind: "absent" };
  const status = unsealAs(bytes, file, "status", STATUS);
  return status === null ? { kind: "damaged", bytes: bytes.length } : { kind: "good", status };
}

/** Reads any other small sealed file of the wanted `kind` and shape; null when it is absent or damaged. @throws checkpoint.newer */
export function readSealed<K extends string, S extends Fields>(
  fs: FileSystem,
  file: string,
  kind: K,
  shape: S,
): Sealed<K, S> | null {
  const bytes = readSmallFile(fs, file);
  return bytes === null ? null : unsealAs(bytes, file, kind, shape);
}

/** Decodes a sealed file; null when it is damaged, or of another kind or shape. @throws checkpoint.newer */
export function unsealAs<K extends string, S extends Fields>(
  bytes: Uint8Array,
  file: string,
  kind: K,
  shape: S,
): Sealed<K, S> | null {
  const value = unseal(bytes, file);
  const isWanted = value !== null && value["kind"] === kind && isKnownVersion(value["v"]);
  return isWanted && fitShape(value, shape) ? (value as Sealed<K, S>) : null;
}
