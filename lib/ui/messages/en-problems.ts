// English: what is wrong with a checkpoint or a backup. Numbers of records and offsets are plain, so that they can be searched for.
import type { NameFaultTexts, ProblemText } from "./catalogue.ts";

export const problem: ProblemText = (p) => {
  switch (p.kind) {
    case "record-sum":
      return `${place(p)} has a wrong checksum`;
    case "record-cut":
      return `${place(p)} is cut off`;
    case "record-stray":
      return `${place(p)} does not follow the record before it`;
    case "record-double":
      return `${place(p)} repeats an item that was done already`;
    case "records-missing":
      return p.from === p.to ? `record ${p.from} is missing` : `records ${p.from} to ${p.to} are missing`;
    case "last-record":
      return `record ${p.record} is not the one that was committed last`;
    case "log-bytes":
      return `the result log has ${p.found} bytes instead of ${p.expected}`;
    case "count":
      return `the result log has results of ${p.found} items, the status file says ${p.expected}`;
    case "log-missing":
      return `the result log is missing (${p.records} records were committed)`;
    case "status-missing":
      return "the status file is missing";
    case "status-sum":
      return "the status file has a wrong checksum";
    case "manifest-missing":
      return "it has no valid manifest.json";
    case "file-missing":
      return `${p.file} is missing`;
    case "file-size":
      return `${p.file} has ${p.found} bytes instead of ${p.expected}`;
    case "file-hash":
      return `${p.file} has another SHA-256 than the manifest says`;
    case "unreadable":
      return `${p.file} cannot be read: ${p.cause}`;
  }
};

type Place = { readonly record: number | null; readonly offset: number; readonly item: string | null };

function place({ record, offset, item }: Place): string {
  const what = record === null ? "a record" : `record ${record}`;
  return `${what} (offset ${offset}${item === null ? "" : `, item ${item}`})`;
}

export const nameFault: NameFaultTexts = {
  empty: "it is empty",
  long: "it is longer than 64 characters",
  characters: "it has other characters than letters, digits and . _ -",
  start: "it does not begin with a letter or a digit",
  end: "it ends with a dot",
  device: "it is the name of a device on Windows",
  reserved: "it stands for the newest backup",
};
