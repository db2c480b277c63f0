// The status file: decoded strictly (checksum, version, shape), replaced as a whole.
import type { Status } from "../../core/status.ts";
import { readSmallFile } from "../../io/file.ts";
import type { FileSystem } from "../../io/fs.ts";
import { seal, unseal } from "./seal.ts";
import { hasShape, type Shape, STATUS_SHAPE } from "./shapes.ts";

export type StatusRead =
  | { readonly kind: "absent" }
  | { readonly kind: "damaged"; readonly bytes: number }
  | { readonly kind: "good"; readonly status: Status };

/** The bytes of a status file. */
export function encodeStatus(status: Status): Uint8Array {
  return Buffer.from(seal(status));
}

/** Decodes a status; null when it is damaged. @throws checkpoint.newer */
function decodeStatus(bytes: Uint8Array, file: string): Status | null {
  const value = unseal(bytes, file);
  if (value === null || value["kind"] !== "status" || !hasShape(value, STATUS_SHAPE)) return null;
  return value as unknown as Status;
}

/** Reads a status file. @throws checkpoint.newer, and what reading throws */
export function readStatus(fs: FileSystem, file: string): StatusRead {
  const bytes = readSmallFile(fs, file);
  if (bytes === null) return { kind: "absent" };
  const status = decodeStatus(bytes, file);
  return status === null ? { kind: "damaged", bytes: bytes.length } : { kind: "good", status };
}

/** Reads any other small sealed file of the wanted `kind` and shape; null when it is absent or damaged. @throws checkpoint.newer */
export function readSealed<T extends { readonly kind: string }>(
  fs: FileSystem,
  file: string,
  kind: T["kind"],
  shape: Shape,
): T | null {
  const bytes = readSmallFile(fs, file);
  const value = bytes === null ? null : unseal(bytes, file);
  return value !== null && value["kind"] === kind && hasShape(value, shape) ? (value as unknown as T) : null;
}
