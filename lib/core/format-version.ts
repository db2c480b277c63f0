// Versions of the files of a checkpoint (docs/format.md). A checkpoint has version 2 only when it uses something that version 1 lacks. An older
// executable then refuses it and leaves it untouched.

export type FormatVersion = 1 | 2;

/** The newest version that this executable reads and writes. A file of a newer version is refused and left untouched. */
export const NEWEST_VERSION: FormatVersion = 2;

export function isKnownVersion(version: unknown): version is FormatVersion {
  return version === 1 || version === 2;
}
