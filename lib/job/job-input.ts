// The input of a run: a regular file where it lies, or what comes by standard input or a pipe, kept with the checkpoint.
import * as path from "node:path";
import type { CheckpointPaths } from "../checkpoint/names.ts";
import type { InputRemark } from "../core/input-remark.ts";
import type { InputFacts } from "../core/status.ts";
import { CkptError } from "../core/errors.ts";
import { keepInput } from "../input/copy-input.ts";
import { type Detected, detectInput } from "../input/detect.ts";
import type { Input, InputSpec } from "../input/input.ts";
import { openInput } from "../input/open-input.ts";
import { copySynced, fileSize, removeFile, statOf } from "../io/file.ts";
import type { FileSystem } from "../io/fs.ts";
import type { Host } from "../cli/host.ts";
import type { RunSettings } from "./run-settings.ts";
import { chooseReading, isTable } from "./input-reading.ts";

/** Where the input comes from, before anything has been read. */
export type InputSource = Omit<InputSpec, "path" | "hashIndex" | "delimiter"> & {
  /** What `--delimiter` says; null when it says nothing. */
  readonly delimiterSaid: string | null;
  /** Absolute path; null: standard input. */
  readonly path: string | null;
  /** It can be read only once, and is kept with the checkpoint. */
  readonly kept: boolean;
};

/** @throws input.missing, input.folder, input.unknownFormat, usage.badValue */
export function inputSource(settings: RunSettings, host: Host): InputSource {
  const { input, encoding, id: idField, delimiter } = settings;
  const common = { shownPath: input, encoding, idField, delimiterSaid: delimiter };
  if (input === "-") return { ...common, ...detected(settings), path: null, kept: true };
  const full = path.resolve(host.cwd, input);
  const stat = statOf(host.fs, full);
  if (stat === null) throw new CkptError("input.missing", { path: input });
  if (stat.isDirectory()) throw new CkptError("input.folder", { path: input });
  return { ...common, ...detected(settings), path: full, kept: !stat.isFile() };
}

function detected({ input, format, delimiter }: RunSettings): Detected {
  const found = detectInput(input, format);
  if (delimiter !== null && !isTable(found.format))
    throw new CkptError("usage.needs", { option: "--delimiter", needed: "--format csv" });
  return found;
}

export type ReadyInput = {
  readonly input: Input;
  /** The bytes of a kept input that are not yet in their lasting place. */
  readonly incoming: boolean;
  readonly remark: InputRemark | null;
};

/**
 * Opens the input. What can be read only once is first copied, whole and synced; when nothing comes, what an earlier run kept is used.
 * @param earlier inputs on record of what may be gone on from, the likeliest first: the same is read as it was read then
 * @param scratch where copies go; null: into the checkpoint's folder
 * @throws input.*
 */
export async function readyInput(
  source: InputSource,
  hashIndex: boolean,
  host: Host,
  paths: CheckpointPaths,
  earlier: readonly InputFacts[],
  scratch: string | null,
): Promise<ReadyInput> {
  const { fs } = host;
  const { kept, path: file, delimiterSaid: _, ...spec } = source;
  const open = async (at: string, incoming: boolean): Promise<ReadyInput> => {
    const plain = { ...spec, path: at, hashIndex, delimiter: null };
    const input = openInput(plain, fs);
    const { delimiter, remark } = await chooseReading(input, {
      said: source.delimiterSaid,
      earlier,
      recordedPath: recordedPath(source),
    });
    return { input: delimiter === null ? input : openInput({ ...plain, delimiter }, fs), incoming, remark };
  };
  if (!kept && file !== null) return open(file, false);
  const haveKept = fileSize(fs, paths.keptInput) !== null;
  const incoming = scratch ?? paths.incomingInput;
  if (file === null && host.isTerminal(0)) {
    if (!haveKept) throw new CkptError("input.noKept", {});
    return open(paths.keptInput, false);
  }
  const { sizeBytes } = await keepInput(fs, file ?? 0, incoming, { shownPath: spec.shownPath });
  if (sizeBytes === 0 && haveKept) {
    removeFile(fs, incoming);
    return open(paths.keptInput, false);
  }
  return open(incoming, true);
}

/** The kept input as one that has just come, for a session that begins anew on it. */
export function copyOfKept(
  fs: FileSystem,
  paths: CheckpointPaths,
  { input, remark }: ReadyInput,
): ReadyInput {
  removeFile(fs, paths.incomingInput);
  copySynced(fs, paths.keptInput, paths.incomingInput);
  input.moved(paths.incomingInput);
  return { input, incoming: true, remark };
}

/** Removes the copy of an input that no session has taken: it was complete already, or refused. */
export function discardIncoming(fs: FileSystem, paths: CheckpointPaths): void {
  try {
    removeFile(fs, paths.incomingInput);
  } catch {
    // SessionOptions the run ended matters more; the next start removes it.
  }
}

/** The path that a status has: absolute, or `-` for what is kept with the checkpoint. */
function recordedPath({ kept, path: file }: InputSource): string {
  return kept || file === null ? "-" : file;
}

/** What the status says of the input. */
export function inputFacts(
  source: InputSource,
  input: Input,
  bytes: { readonly sizeBytes: number; readonly sha256: string },
  counts: { readonly count: number; readonly repeated: number; readonly changes: number },
  host: Host,
): InputFacts {
  const stat = source.kept ? null : statOf(host.fs, input.spec.path);
  return {
    path: recordedPath(source),
    format: source.format,
    compression: source.compression,
    encoding: source.encoding,
    id_field: source.idField,
    kept: source.kept,
    size: bytes.sizeBytes,
    mtime: stat === null ? null : stat.mtime.toISOString(),
    sha256: bytes.sha256,
    ...counts,
    ...(input.spec.delimiter === null ? {} : { delimiter: input.spec.delimiter }),
    ...(input.spec.hashIndex ? { index_hashed: true } : {}),
  };
}
