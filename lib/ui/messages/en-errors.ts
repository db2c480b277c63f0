// English: one text for every error a user can cause. The message says what could not be done, a colon, what was found; the
// hint says what to do. `found` and `cause` come in English from below and are shown as they are.
import type { Maker } from "../../core/job.ts";
import type { TextFault } from "../../core/utf8.ts";
import { formatBytes, formatNumber } from "../format.ts";
import type { ErrorTexts } from "./catalogue.ts";
import { counted, few, holder, inputName, keptIn, lines, madeBy, partName } from "./en-words.ts";
import { nameFault, problem } from "./en-problems.ts";
import { nearest } from "./phrases.ts";

const didYouMean = (name: string | null): string => nearest(name, (it) => ` (did you mean ${it}?)`);

function textFault(p: TextFault): string {
  switch (p.fault) {
    case "mark":
      return `is not UTF-8: its byte-order mark (offset 0) is that of ${p.encoding}`;
    case "bytes":
      return `is not UTF-8: invalid bytes at offset ${formatNumber(p.offset)}`;
    case "zero":
      return `is not text: a zero byte at offset ${formatNumber(p.offset)}`;
  }
}

const input = (path: string): string => (path === "-" ? inputName(path) : `the input ${path}`);

/** What fields the items have; where they have none, what to do then. */
const fields = (known: readonly string[], none: string): string =>
  known.length === 0 ? `The items have no fields: ${none}.` : `The items have: ${few(known)}.`;

/** Whose results a file holds. */
const heldBy = (maker: Maker | null): string =>
  maker === null ? "it is a file that ckpt has no record of" : `it holds ${madeBy(maker)}`;

export const errors: ErrorTexts = {
  "usage.unknownOption": (p) => ({
    message: `Cannot read the command line: unknown option ${p.option}${didYouMean(p.nearest)}`,
    hint: `Run "ckpt COMMAND --help" for its options. What belongs to your own command goes after "--".`,
  }),
  "usage.unknownCommand": (p) => ({
    message: `Cannot read the command line: unknown command "${p.command}"${didYouMean(p.nearest)}`,
    hint: `Run "ckpt --help" for all commands; to process a file: ckpt run INPUT -- COMMAND.`,
  }),
  "usage.missingValue": (p) => ({
    message: `Cannot use ${p.option}: it has no value`,
    hint: `Write ${p.option} VALUE; "ckpt COMMAND --help" says what the value may be.`,
  }),
  "usage.unexpectedValue": (p) => ({
    message: `Cannot use ${p.option}: it takes no value, but was given one`,
    hint: `Write ${p.option} alone.`,
  }),
  "usage.badValue": (p) => ({
    message: `Cannot use ${p.option}: its value is "${p.value}"`,
    hint: `Expected: ${p.expected}.`,
  }),
  "usage.missingInput": () => ({
    message: "Cannot run: no input was named",
    hint: `Write ckpt run INPUT -- COMMAND, where INPUT is a file, or "-" for standard input.`,
  }),
  "usage.extraArgument": (p) => ({
    message: `Cannot read the command line: unexpected argument "${p.argument}"`,
    hint: `Run "ckpt COMMAND --help" for what it takes. Your own command goes after "--": ckpt run INPUT -- COMMAND.`,
  }),
  "usage.conflict": (p) => ({
    message: `Cannot use ${p.first} and ${p.second} together`,
    hint: "Leave one of them out.",
  }),
  "usage.needs": (p) => ({
    message: `Cannot use ${p.option}: it needs ${p.needed} beside it`,
    hint: `Add ${p.needed}, or leave ${p.option} out.`,
  }),
  "usage.repeated": (p) => ({
    message: `Cannot use ${p.option}: it was given more than once`,
    hint: `Give ${p.option} once.`,
  }),
  "usage.settingsFile": (p) => ({
    message: `Cannot read the settings file ${p.path}: ${p.cause}`,
    hint: "Name a TOML file with one option a line, such as: jobs = 8",
  }),
  "usage.settingsKey": (p) => ({
    message: `Cannot use the settings file ${p.path}: there is no option ${p.key}${didYouMean(p.nearest)}`,
    hint: `Write the names of options without the dashes; "ckpt run --help" lists them.`,
  }),
  "usage.settingsValue": (p) => ({
    message: `Cannot use the settings file ${p.path}: ${p.key} has a value that it does not take`,
    hint: `Expected: ${p.expected}.`,
  }),
  "usage.noProcessor": () => ({
    message: "Cannot run: nothing says what to do with each item",
    hint: `Add "-- COMMAND", --shell STRING, --worker -- COMMAND, --module FILE, or --model NAME --prompt TEXT.`,
  }),
  "usage.noCommand": () => ({
    message: "Cannot run: there is no command after --",
    hint: "Write it there: ckpt run INPUT -- COMMAND. In its arguments {} is the item, {field} one of its fields.",
  }),
  "usage.missingArgument": (p) => ({
    message: `Cannot ${p.command}: ${p.argument} is missing`,
    hint: `Write ckpt ${p.command} ${p.argument}; "ckpt ${p.command} --help" says more.`,
  }),
  "usage.needsYes": (p) => ({
    message: `Cannot do "${p.action}" without asking: standard input or standard error is not a terminal`,
    hint: "Add --yes to go ahead without the question.",
  }),
  "input.missing": (p) => ({
    message: `Cannot open the input: ${p.path} does not exist`,
    hint: "Check the path; it is read from the current folder.",
  }),
  "input.folder": (p) => ({
    message: `Cannot open the input: ${p.path} is a folder`,
    hint: "Name a file in it.",
  }),
  "input.unreadable": (p) => ({
    message: `Cannot read ${input(p.path)}: ${p.cause}`,
    hint: "Check the file's permissions and its disk, then run the same command again.",
  }),
  "input.empty": (p) => ({
    message: `Cannot run: ${input(p.path)} holds no items`,
    hint: "Check that it is the right file and that whatever writes it has finished.",
  }),
  "input.binary": (p) => ({
    message: `Cannot read ${input(p.path)}: it is not text (a zero byte at offset ${formatNumber(p.offset)})`,
    hint: "Name a text file, a .gz or a .zst; for UTF-16 add --encoding utf-16le (or utf-16be).",
  }),
  "input.unknownFormat": (p) => ({
    message: `Cannot tell the format of ${input(p.path)}: ${p.path === "-" ? "it has no name" : "its name ends in no known extension"}`,
    hint: "Add --format jsonl, json, csv, tsv or txt.",
  }),
  "input.unknownEncoding": (p) => ({
    message: `Cannot read the input: unknown encoding "${p.encoding}"`,
    hint: "Use a name such as utf-8, gb18030, big5, shift_jis, utf-16le or windows-1252.",
  }),
  "input.undecodable": (p) => ({
    message: `Cannot decode ${input(p.path)} as ${p.encoding}: invalid bytes at offset ${formatNumber(p.offset)}`,
    hint: "Name the file's own encoding with --encoding (gb18030 for many Chinese files), or mend the file.",
  }),
  "input.wrongEncoding": (p) => ({
    message: `Cannot read ${input(p.path)} as ${p.encoding}: its byte-order mark says otherwise`,
    hint: "Leave --encoding out, or name the encoding of the byte-order mark.",
  }),
  "input.badFirst": (p) => ({
    message: `Cannot read ${input(p.path)} as ${p.format}: line ${formatNumber(p.line)}: ${p.found}`,
    hint: {
      array: "It looks like one JSON array, whose elements are the items: add --format json.",
      comment: "JSON lines hold no comments: take such lines out of the file.",
      other: "Check the file, or name its real format with --format jsonl, json, csv, tsv or txt.",
    }[p.looksLike ?? "other"],
  }),
  "input.malformed": (p) => ({
    message: `Cannot read ${input(p.path)} to its end: line ${formatNumber(p.line)}: ${p.found}`,
    hint: "Mend the file from that line on, then run the same command again.",
  }),
  "input.corrupt": (p) => ({
    message: `Cannot decompress ${input(p.path)}: ${p.cause}`,
    hint: "The file is cut off or damaged: get it again, or check it with gzip -t or zstd -t.",
  }),
  "input.lineTooLong": (p) => ({
    message: `Cannot read ${input(p.path)}: line ${formatNumber(p.line)} is longer than ${formatBytes(p.maxBytes)}`,
    hint: "Check that --format fits the file; an item of this size is better given as a file name.",
  }),
  "input.tooManyItems": (p) => ({
    message: `Cannot run: ${input(p.path)} holds more than ${formatNumber(p.max)} items`,
    hint: "Split the input and give each part a --dir of its own.",
  }),
  "input.idMissing": (p) =>
    p.known === null
      ? {
          message: `Cannot use --id ${p.field}: ${counted(p.count, "item has", "items have")} no text or number there: ${lines(p.lines, p.count)}`,
          hint: "Name a field that has one in every item, or leave --id out: items are then known by their content.",
        }
      : {
          message: `Cannot use --id ${p.field}: no item has such a field${didYouMean(p.nearest)}`,
          hint: `${fields(p.known, "leave --id out")} Without --id, items are known by their content.`,
        },
  "input.idDoubled": (p) => ({
    message: `Cannot use --id ${p.field}: ${counted(p.count, "id occurs", "ids occur")} more than once: ${few(
      p.examples.map((it) => `"${it.id}" on ${lines(it.lines)}`),
      p.count,
    )}`,
    hint: "Name a field whose values differ, or leave --id out: equal items are then each done once.",
  }),
  "input.noKept": () => ({
    message: "Cannot run: the input came by standard input, and the checkpoint kept no copy of it",
    hint: "Give the input again: ckpt run - -- COMMAND < INPUT.",
  }),
  "input.changedDuringRun": (p) => ({
    message: `Stopped: ${input(p.path)} was changed during the run`,
    hint: "What was done is saved. Run the same command again: what still matches is kept, the rest is run.",
  }),
  "template.unknownField": (p) => ({
    message: `Cannot fill in {${p.field}}: no item has such a field${didYouMean(p.nearest)}`,
    hint: `${fields(p.known, "use {} for the whole item")} For braces as they are write {{ and }}.`,
  }),
  "template.fieldMissing": (p) => ({
    message: `Cannot fill in {${p.field}}: item ${p.item} has no such field`,
    hint: "Nothing was sent. Give every item that field, or take it out of the template; for braces as they are write {{ and }}.",
  }),
  "endpoint.noKey": () => ({
    message: "Cannot ask the endpoint: there is no key",
    hint: "Set OPENAI_API_KEY or name a file with --api-key-file; for another endpoint add --base-url.",
  }),
  "endpoint.badKey": (p) => ({
    message: `Cannot use the key from ${p.source}: it holds characters that no key has (a line end, a space, a typographic quote)`,
    hint: "Copy the key again: one line of plain letters, digits and signs.",
  }),
  "endpoint.secretInUrl": (p) => ({
    message: `Cannot use the URL of ${p.source}: its parameter "${p.name}" is a secret, and a base URL is recorded`,
    hint: "Take it out of the URL, and give it with --api-key-file, OPENAI_API_KEY or --header-env NAME=VARIABLE.",
  }),
  "endpoint.secretHeader": (p) => ({
    message: `Cannot use --header ${p.header}: what it holds is a secret, and options are recorded and seen by others`,
    hint: `Put the value into a variable, and write --header-env ${p.header}=VARIABLE.`,
  }),
  "endpoint.reservedHeader": (p) => ({
    message: `Cannot send a header ${p.header}: it follows from the request, ckpt sets it itself`,
    hint: "Leave it out of the command line.",
  }),
  "endpoint.unsetHeader": (p) => ({
    message: `Cannot use --header-env ${p.header}=${p.variable}: no variable ${p.variable} is set`,
    hint: `Set it where ckpt is started: export ${p.variable}=…`,
  }),
  "endpoint.badHeader": (p) => ({
    message: `Cannot use ${p.source}: its value holds what a header cannot (a line end, a control character, letters beyond Latin-1)`,
    hint: "Give one line of plain letters, digits and signs.",
  }),
  "endpoint.badCertificates": (p) => ({
    message: `Cannot use ${p.variable}: ${p.path} cannot be used: ${p.cause}`,
    hint: "Name a file of certificates in PEM form, or unset the variable.",
  }),
  "endpoint.unreadable": (p) => ({
    message: `Cannot use ${p.option}: ${p.path} cannot be read: ${p.cause}`,
    hint: "Check the path and its permissions; a value that begins with @ names a file (@@ for the sign itself).",
  }),
  "endpoint.notText": (p) => ({
    message: `Cannot use ${p.option}: ${p.path} ${textFault(p)}`,
    hint: `Save the file as UTF-8: iconv -f ${p.fault === "mark" ? "utf-16" : "gb18030"} -t utf-8 FILE, with the encoding that it has.`,
  }),
  "endpoint.tooManyConnections": (p) => ({
    message: `Cannot keep ${p.jobs} requests in flight: this process opens 256 connections at most`,
    hint: `Set the limit where ckpt is started: BUN_CONFIG_MAX_HTTP_REQUESTS=${p.jobs} ckpt run …`,
  }),
  "module.missing": (p) => ({
    message: `Cannot load the module: ${p.path} does not exist`,
    hint: "Check the path after --module; it is read from the current folder.",
  }),
  "module.otherLanguage": (p) => ({
    message: `Cannot load the module ${p.path}: a module is JavaScript or TypeScript`,
    hint: `Run it as a command for each item: -- ${p.program} ${p.path}, or once, as a worker: --worker -- ${p.program} ${p.path}`,
  }),
  "module.doesNotLoad": (p) => ({
    message: `Cannot load the module ${p.path}: ${p.cause}`,
    hint: "Mend it, then run the same command again; no item was run. A module is JavaScript or TypeScript; anything else is a command: -- COMMAND.",
  }),
  "module.noProcess": (p) => ({
    message: `Cannot use the module ${p.path}: it exports ${p.exports.length === 0 ? "nothing" : `${few(p.exports)}, but no function process`}`,
    hint: "Add: export async function process(item, context) { … } (or export it as default).",
  }),
  "module.setupFailed": (p) => ({
    message: `Cannot use the module ${p.path}: its setup() failed: ${p.cause}`,
    hint: "Mend setup(), then run the same command again; no item was run.",
  }),
  "module.teardownFailed": (p) => ({
    message: `Cannot end the module ${p.path} cleanly: its teardown() failed: ${p.cause}`,
    hint: "All results are saved. Mend teardown(), then run the same command again.",
  }),
  "depends.unreadable": (p) => ({
    message: `Cannot read ${p.path}, named by --depends: ${p.cause}`,
    hint: "Check the path and its permissions.",
  }),
  "checkpoint.none": (p) => ({
    message: `No checkpoint: nothing is kept in ${p.dir}`,
    hint: "Start one with ckpt run INPUT -- COMMAND, or name another folder with --dir.",
  }),
  "checkpoint.noWords": (p) => ({
    message: `Cannot resume without words: the checkpoint in ${p.dir} was made by an older ckpt, which did not record its command line`,
    hint: "Type the command with which it was begun; it then resumes, and the words are recorded.",
  }),
  "checkpoint.folderGone": (p) => ({
    message: `Cannot resume: the folder in which the command was typed, ${p.path}, does not exist any more`,
    hint: "Type the whole command in the folder of the input.",
  }),
  "checkpoint.locked": (p) => ({
    message: `Cannot open the checkpoint ${p.dir}: it is in use by ${holder(p.pid, p.host, p.since)}`,
    hint: "Wait for it to end, or give this run a checkpoint of its own with --dir.",
  }),
  "checkpoint.notWritable": (p) => ({
    message: `Cannot keep a checkpoint in ${p.path}: ${p.cause}`,
    hint: "Check the folder's permissions and its disk, or name another one with --dir.",
  }),
  "checkpoint.notOurs": (p) => ({
    message: `Cannot keep a checkpoint in ${p.path}: it is ${p.found}`,
    hint: "Name an empty folder, or one that does not exist yet, with --dir.",
  }),
  "checkpoint.newer": (p) => ({
    message: `Cannot open ${p.path}: it has format ${p.version}, and this ckpt knows ${p.supported} and below`,
    hint: "Use the newer ckpt that wrote it. The file was left as it is.",
  }),
  "checkpoint.damaged": (p) => ({
    message: `Cannot trust the checkpoint ${p.path}: ${few(
      p.problems.slice(0, 5).map((it) => problem(it)),
      p.problems.length,
    )}`,
    hint: `Run "ckpt verify" to see what is provable; then "ckpt verify --repair", or "ckpt restore" with a backup.`,
  }),
  "checkpoint.logLost": (p) => ({
    message: `Cannot go on: the result log ${p.path} is gone or cut, though ${formatNumber(p.records)} records were committed`,
    hint:
      p.backups.length === 0
        ? `Put the file back if you have it; to go on with what is provable, run "ckpt verify --repair".`
        : `Put the file back if you have it, or restore a backup (${few(p.backups)}): ckpt restore ${p.backups[0]}`,
  }),
  "checkpoint.foreignWrite": (p) => ({
    message: `Stopped: something else wrote to ${p.path}: ${p.found}`,
    hint: `Find out what did; then run "ckpt verify".`,
  }),
  "checkpoint.syncFailed": (p) => ({
    message: `Stopped: the disk did not confirm what was written to ${p.path}: ${p.cause}`,
    hint: "Check the disk. Then run the same command again: what was reported as saved is kept, the rest is checked.",
  }),
  "checkpoint.writeFailed": (p) => ({
    message: `Stopped: cannot write ${p.path}: ${p.cause}`,
    hint: "Everything reported as saved is kept. Check the disk, then run the same command again.",
  }),
  "checkpoint.diskFull": (p) => ({
    message: `Stopped: no room left for ${p.path}: ${p.cause}`,
    hint: "Everything reported as saved is kept. Make room (old backups: ckpt list), then run the same command again.",
  }),
  "checkpoint.changed": (p) => ({
    message: `Refused to go on: the results so far were made with something else (changed: ${few(p.parts.map((part) => partName(part)))})`,
    hint: "Keep the old results and go on with the new: --on-change keep. Start over (a backup is made first): --no-resume.",
  }),
  "checkpoint.anotherJob": (p) => ({
    message: `Refused to go on: the checkpoint in ${p.dir} belongs to another job (${p.input === "-" ? inputName(p.input) : `input ${p.input}`})`,
    hint: `Give this job a checkpoint of its own: ${p.command}`,
  }),
  "backup.badName": (p) => ({
    message: `Cannot use "${p.name}" as the name of a backup: ${nameFault[p.fault]}`,
    hint: "Use letters, digits, and . _ - between them, at most 64 characters.",
  }),
  "backup.exists": (p) => ({
    message: `Cannot make the backup: there is one with the name ${p.name} already`,
    hint: `Choose another name, or delete the old one: ckpt backup --delete ${p.name}`,
  }),
  "backup.none": (p) => ({
    message: `No such backup: ${p.name}${p.nearest.length === 0 ? "" : ` (did you mean ${few(p.nearest)}?)`}`,
    hint: `Run "ckpt list" to see all backups.`,
  }),
  "backup.damaged": (p) => ({
    message: `Cannot use the backup ${p.name}: ${few(
      p.problems.slice(0, 5).map((it) => problem(it)),
      p.problems.length,
    )}`,
    hint: `Nothing was changed. Run "ckpt verify ${p.name}" for every detail, "ckpt list" for other backups.`,
  }),
  "backup.failed": (p) => ({
    message: `Cannot make the backup ${p.name}: ${p.cause}`,
    hint: "Nothing was left behind, and the checkpoint is as it was. Check room and permissions, then try again.",
  }),
  "output.exists": (p) => ({
    message: `Refused to overwrite ${p.path}: ${heldBy(p.maker)}`,
    hint: `Write to another file: -o ${p.other}. Replace it: ${p.byNoResume ? "--no-resume (attempts everything again), or --force" : "--force"}${p.kept === null ? "" : `; its results stay ${keptIn(p.kept)}`}.`,
  }),
  "output.appeared": (p) => ({
    message: `Refused to overwrite ${p.path}, which was written while this run went on: ${heldBy(p.maker)}`,
    hint: "All results are saved. Run the same command with -o FILE for another file, or with --force to replace this one.",
  }),
  "output.notWritable": (p) => ({
    message: `Cannot write the output ${p.path}: ${p.cause}`,
    hint: "Check the folder and its permissions, or name another file with -o.",
  }),
  "output.unknownFormat": (p) => ({
    message: `Cannot tell the format of the output ${p.path}: its name ends in no known extension`,
    hint: "Let it end in .jsonl, .json, .csv or .tsv.",
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
    hint: "All results are saved. Write JSON instead, or leave --include-input out: ckpt export -o FILE.jsonl",
  }),
  "output.writeFailed": (p) => ({
    message: `Cannot finish the output ${p.path}: ${p.cause}`,
    hint: "All results are saved. Check the folder and its disk, or write to another file: ckpt export -o FILE.",
  }),
  "output.diskFull": (p) => ({
    message: `Stopped: no room left for the output ${p.path}: ${p.cause}`,
    hint: "All results are saved. Make room, then run the same command again, or write to another file: ckpt export -o FILE.",
  }),
  "system.failed": (p) => ({
    message: `Cannot ${p.what} ${p.path}: ${p.cause}`,
    hint: "Check the path, its permissions and its disk, then try again.",
  }),
};
