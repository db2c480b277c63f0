// English: errors about backups.
import type { BackupNameFault } from "../../../../core/backup-name.ts";
import type { ErrorTextsOf } from "../error-text.ts";
import { few } from "../../common/en.ts";
import { problem } from "../../verify/en.ts";

const nameFault: { readonly [K in BackupNameFault]: string } = {
  empty: "it is empty",
  long: "it is longer than 64 characters",
  characters: "it has characters other than letters, digits and . _ -",
  start: "it does not begin with a letter or a digit",
  end: "it ends with a dot",
  device: "it is the name of a device on Windows",
  reserved: "it stands for the newest backup",
};

export const backups: ErrorTextsOf<"backup"> = {
  "backup.badName": (p) => ({
    message: `Cannot use "${p.name}" as the name of a backup: ${nameFault[p.fault]}`,
    hint: "Use letters, digits, and . _ - between them, at most 64 characters.",
  }),
  "backup.exists": (p, call) => ({
    message: `Cannot make the backup: there already is one named ${p.name}`,
    hint: `Choose another name, or delete the old one: ${call(`backup --delete ${p.name}`)}`,
  }),
  "backup.none": (p, call) => ({
    message: `No such backup: ${p.name}${p.nearest.length === 0 ? "" : ` (did you mean ${few(p.nearest)}?)`}`,
    hint: `All backups: ${call("list")}`,
  }),
  "backup.damaged": (p, call) => ({
    message: `Cannot use the backup ${p.name}: ${few(
      p.problems.slice(0, 5).map((it) => problem(it)),
      p.problems.length,
    )}`,
    hint: `Nothing was changed. For details: ${call(`verify ${p.name}`)}. Other backups: ${call("list")}`,
  }),
  "backup.failed": (p) => ({
    message: `Cannot make the backup ${p.name}: ${p.cause}`,
    hint: "The checkpoint is unchanged, and nothing was left behind. Check disk space and permissions, then try again.",
  }),
};
