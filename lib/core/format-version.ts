// Versions of the files of a checkpoint (docs/format.md). Version 2 is said only where something is used that version 1 does not have, so that an executable that
// does not know it refuses to touch it.

export type FormatVersion = 1 | 2;

/** What this executable reads and writes; a file of a newer version is refused, untouched. */
export const NEWEST_VERSION: FormatVersion = 2;

export function isKnownVersion(version: unknown): version is FormatVersion {
  return version === 1 || version === 2;
}
