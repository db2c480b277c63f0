// English: errors about output files.
import { formatNumber } from "../../../format.ts";
import type { ErrorTextsOf } from "../error-text.ts";
import { holds, keptIn } from "../../common/en.ts";

export const output: ErrorTextsOf<"output"> = {
  "output.exists": (p) => ({
    message: `Refused to overwrite ${p.path}: it ${holds(p.maker)}`,
    hint: `Write to another file: -o ${p.other}. Replace it: ${p.byNoResume ? "--no-resume (attempts everything again), or --force" : "--force"}${p.kept === null ? "" : `; its results stay ${keptIn(p.kept)}`}.`,
  }),
  "output.appeared": (p) => ({
    message: `Refused to overwrite ${p.path}, which was written while this run went on: it ${holds(p.maker)}`,
    hint: "All results are saved. Run the same command with -o FILE for another file, or with --force to replace this one.",
  }),
  "output.notWritable": (p) => ({
    message: `Cannot write the output ${p.path}: ${p.cause}`,
    hint: "Check the folder and its permissions, or name another file with -o.",
  }),
  "output.noFolder": (p) => ({
    message: `Cannot write the output ${p.path}: the folder ${p.folder} does not exist`,
    hint: "Make it first, or name another file with -o.",
  }),
  "output.unknownFormat": (p) => ({
    message: `Cannot tell the format of the output ${p.path}: its name ends in no known extension`,
    hint: `Let it end in one of ${p.extensions.join(", ")}.`,
  }),
  "output.notWhole": (p, call) => ({
    message: `Cannot write lines of an OpenAI batch: they hold whole answers, and these results ${p.item === null ? "do not" : `do not (item ${p.item})`}`,
    hint: `Keep whole answers from the start: ${call("run … --answer full")}. Or write another format: -o FILE.jsonl.`,
  }),
  "output.missing": (p) => ({
    message: `Cannot read the results in ${p.path}: there is no such file`,
    hint: "Check the path; it is relative to the current folder.",
  }),
  "output.unreadable": (p) => ({
    message: `Cannot read the results in ${p.path}: ${p.cause}`,
    hint: "Check the file and its permissions.",
  }),
  "output.notResults": (p) => ({
    message: `Cannot read the results in ${p.path}: row ${formatNumber(p.row)} is not a result (${p.found})`,
    hint: "Name an output of ckpt: each row has id, status, and output or error. --flatten and --fields leave some of them out.",
  }),
  "output.noIds": (p, call) => ({
    message: `Cannot compare the results in ${p.path}: they have no ids`,
    hint: `Results in a file are matched by id alone. Name backups or checkpoint folders instead (${call("list")}), or run the job with --id FIELD.`,
  }),
  "output.isInput": (p) => ({
    message: `Refused to write the output to ${p.path}: it is the input`,
    hint: "Name another file with -o.",
  }),
  "output.isCheckpoint": (p) => ({
    message: `Refused to write the output to ${p.path}: it is a file of the checkpoint in ${p.dir}`,
    hint: "Name another file with -o.",
  }),
  "output.tooManyColumns": (p) => ({
    message: `Cannot write the output as a table: the items have more than ${formatNumber(p.max)} different fields`,
    hint: `All results are saved. Write JSON instead (-o FILE.jsonl), or leave --include-input out.`,
  }),
  "output.writeFailed": (p, call) => ({
    message: `Cannot finish the output ${p.path}: ${p.cause}`,
    hint: `All results are saved. Check the folder and its disk, or write to another file: ${call(`${p.command} -o FILE`)}`,
  }),
  "output.diskFull": (p, call) => ({
    message: `Stopped: no room left for the output ${p.path}: ${p.cause}`,
    hint: `All results are saved. Make room, then run the same command again, or write to another file: ${call(`${p.command} -o FILE`)}`,
  }),
};
