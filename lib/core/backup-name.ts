// Names of backups: they become names of folders, on any file system, and words on a command line.

/** Why a name cannot be used for a backup. */
export type BackupNameFault = "empty" | "long" | "characters" | "start" | "end" | "device" | "reserved";

const NAME_MAX = 64;

/** Names that Windows gives to devices, with any extension (Microsoft, "Naming Files, Paths, and Namespaces"). */
const DEVICE = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)/i;

/** What is wrong with a name (rules: docs/format.md, "Backup"); null when it is good. */
export function backupNameFault(name: string): BackupNameFault | null {
  if (name === "") return "empty";
  if (name.length > NAME_MAX) return "long";
  if (/[^A-Za-z0-9._-]/.test(name)) return "characters";
  if (!/^[A-Za-z0-9]/.test(name)) return "start";
  if (name.endsWith(".")) return "end";
  if (DEVICE.test(name)) return "device";
  return name.toLowerCase() === "latest" ? "reserved" : null;
}
