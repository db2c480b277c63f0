// Opens the input of a run: regular files where they lie, or what comes by standard input or a pipe, kept with the checkpoint.
import type { Checkpoint } from "../../checkpoint/checkpoint.ts";
import type { InputRemark } from "../../core/input-remark.ts";
import type { InputFacts } from "../../core/status.ts";
import { CkptError } from "../../core/errors.ts";
import { keepInput } from "../../input/copy-input.ts";
import { filesPart } from "../../input/files-part.ts";
import type { Input, InputPart, InputSpec, ItemRules, WholeSpec } from "../../input/input.ts";
import { inputOfParts } from "../../input/open-input.ts";
import { pictured } from "../../input/pictures-part.ts";
import { openPart } from "../../input/open-part.ts";
import { copySynced, fileSize, removeFile } from "../../io/file.ts";
import type { FileSystem } from "../../io/fs.ts";
import type { Host } from "../../cli/host.ts";
import type { Processor } from "../../processors/processor.ts";
import { chooseReading } from "./input-reading.ts";
import type { InputSource } from "./input-source.ts";

export type ReadyInput = {
  readonly input: Input;
  /** Whether the copy of a kept input is still under its temporary name. */
  readonly incoming: boolean;
  /** Of the first part that there is something to say of. */
  readonly remark: { readonly path: string; readonly what: InputRemark } | null;
};

/** What of an item's place a processor is given belongs to what the item is known by. */
function rulesFor({ usesIndex, fieldPaths }: Processor, idField: string | null): Rules {
  const isGiven = (field: string): boolean =>
    fieldPaths.some((names) => names.length === 1 && names[0] === field);
  return {
    idField,
    hashIndex: usesIndex,
    hashFile: isGiven("_file"),
    hashLine: isGiven("_line"),
    withText: isGiven("text"),
  };
}

type Rules = ItemRules & Pick<InputSpec, "withText">;

function picturesOf({ pictures }: Pick<ItemRules, "pictures">): Pick<ItemRules, "pictures"> {
  return pictures === undefined ? {} : { pictures };
}

/**
 * Opens the input. A source that can be read only once is first copied completely and synced. If standard input is empty, the copy of an earlier run
 * is used.
 * @param earlier recorded inputs from which the run may resume, the most likely first; the same input is read in the same way
 * @param scratch where copies go; null: into the checkpoint folder
 * @throws input.*
 */
export async function readyInput(
  source: InputSource,
  processor: Processor,
  host: Host,
  { paths }: Checkpoint,
  earlier: readonly InputFacts[],
  scratch: string | null,
): Promise<ReadyInput> {
  const { fs } = host;
  const rules = { ...rulesFor(processor, source.idField), ...picturesOf(source) };
  if (!source.kept) return { ...(await openSource(source, rules, fs, earlier)), incoming: false };
  const [part] = source.parts;
  const file = part?.path ?? null;
  const open = async (at: string, incoming: boolean): Promise<ReadyInput> => {
    const parts = part === undefined ? [] : [{ ...part, path: at }];
    return { ...(await openSource({ ...source, parts }, rules, fs, earlier)), incoming };
  };
  const haveKept = fileSize(fs, paths.keptInput) !== null;
  const incoming = scratch ?? paths.incomingInput;
  if (file === null && host.isTerminal(0)) {
    if (!haveKept) throw new CkptError("input.noKept", {});
    return open(paths.keptInput, false);
  }
  const { sizeBytes } = await keepInput(fs, file ?? 0, incoming, { shownPath: source.shownPath });
  if (sizeBytes === 0 && haveKept) {
    removeFile(fs, incoming);
    return open(paths.keptInput, false);
  }
  return open(incoming, true);
}

/** Opens all parts of a source whose files are there. */
export async function openSource(
  source: InputSource,
  rules: Rules,
  fs: FileSystem,
  earlier: readonly InputFacts[],
): Promise<Pick<ReadyInput, "input" | "remark">> {
  if (source.listed !== null) {
    const { encoding, shownPath } = source;
    const spec = { ...rules, ...FILES, encoding, shownPath };
    const part = pictured(filesPart(spec, source.listed, fs), fs);
    return { input: inputOfParts([part], spec), remark: null };
  }
  const parts: InputPart[] = [];
  let remark: ReadyInput["remark"] = null;
  for (const { path: file, ...part } of source.parts) {
    if (file === null) throw new Error("standard input has been copied to a file before");
    const { encoding, jsonPath, query } = source;
    const plain = { ...part, ...rules, path: file, encoding, jsonPath, query, delimiter: null };
    const opened = openPart(plain, fs);
    // Nothing is on record of how each of several files was read: each is read as its own header shows.
    const record = source.words === null ? { earlier, recordedPath: source.recordedPath } : NO_RECORD;
    const { delimiter, remark: what } = await chooseReading(opened, {
      said: source.delimiterSaid,
      ...record,
    });
    if (what !== null) remark ??= { path: part.shownPath, what };
    parts.push(pictured(delimiter === null ? opened : openPart({ ...plain, delimiter }, fs), fs));
  }
  return { input: inputOfParts(parts, wholeSpec(source, rules, parts)), remark };
}

const FILES = {
  path: "",
  format: "files",
  compression: "none",
  delimiter: null,
  jsonPath: null,
  within: null,
  query: null,
} as const;
const NO_RECORD = { earlier: [], recordedPath: "" };

function wholeSpec(source: InputSource, rules: Rules, parts: readonly InputPart[]): WholeSpec {
  const [first] = parts;
  if (first === undefined) throw new Error("an input without a part");
  const { encoding, jsonPath, query, shownPath, delimiterSaid } = source;
  const { format, compression, delimiter, within } = first.spec;
  return {
    ...rules,
    encoding,
    jsonPath,
    query,
    within: source.words === null ? within : null,
    shownPath,
    format: parts.every(({ spec }) => spec.format === format) ? format : "mixed",
    compression: parts.every(({ spec }) => spec.compression === compression) ? compression : "mixed",
    delimiter: source.words === null ? delimiter : delimiterSaid,
  };
}

/** Copies the kept input under the name of a new one, for a session that starts over with it. */
export function copyOfKept({ fs, paths }: Checkpoint, { input, remark }: ReadyInput): ReadyInput {
  removeFile(fs, paths.incomingInput);
  copySynced(fs, paths.keptInput, paths.incomingInput);
  input.moved(paths.incomingInput);
  return { input, incoming: true, remark };
}

/** Removes the copy of an input that no session uses: the job was complete already, or the run was refused. */
export function discardIncoming({ fs, paths }: Checkpoint): void {
  try {
    removeFile(fs, paths.incomingInput);
  } catch {
    // The end of the run matters more; the next start removes the copy.
  }
}
