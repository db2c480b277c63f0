// The input of a run: a regular file where it lies, or what comes by standard input or a pipe, kept with the checkpoint.
import * as path from "node:path";
import type { CheckpointPaths } from "../checkpoint/names.ts";
import type { InputFacts } from "../core/status.ts";
import { CkptError } from "../core/errors.ts";
import { keepInput } from "../input/copy-input.ts";
import { detectInput } from "../input/detect.ts";
import type { Input, InputSpec } from "../input/input.ts";
import { openInput } from "../input/open-input.ts";
import { copySynced, fileSize, removeFile, statOf } from "../io/file.ts";
import type { FileSystem } from "../io/fs.ts";
import type { Host } from "./host.ts";
import type { RunSettings } from "./run-options.ts";

/** Where the input comes from, before anything has been read. */
export type InputSource = Omit<InputSpec, "path" | "hashIndex"> & {
  /** Absolute path; null: standard input. */
  readonly path: string | null;
  /** It can be read only once, and is kept with the checkpoint. */
  readonly kept: boolean;
};

/** @throws input.missing, input.folder, input.unknownFormat, usage.badValue */
export function inputSource(settings: RunSettings, host: Host): InputSource {
  const { input, format, encoding, idField } = settings;
  const common = { shownPath: input, encoding, idField };
  if (input === "-") return { ...common, ...detectInput(input, format), path: null, kept: true };
  const full = path.resolve(host.cwd, input);
  const stat = statOf(host.fs, full);
  if (stat === null) throw new CkptError("input.missing", { path: input });
  if (stat.isDirectory()) throw new CkptError("input.folder", { path: input });
  return { ...common, ...detectInput(input, format), path: full, kept: !stat.isFile() };
}

export type ReadyInput = {
  readonly input: Input;
  /** The bytes of a kept input that are not yet in their lasting place. */
  readonly incoming: boolean;
};

/**
 * Opens the input. What can be read only once is first copied, whole and synced; when nothing comes, what an earlier run kept is used.
 * @param folder where copies go; null when nothing may be changed there: `scratch` then
 * @throws input.*
 */
export async function readyInput(
  source: InputSource,
  hashIndex: boolean,
  host: Host,
  paths: CheckpointPaths,
  scratch: string | null,
): Promise<ReadyInput> {
  const { fs } = host;
  const { kept, path: file, ...spec } = source;
  const open = (at: string): Input => openInput({ ...spec, path: at, hashIndex }, fs);
  if (!kept && file !== null) return { input: open(file), incoming: false };
  const haveKept = fileSize(fs, paths.keptInput) !== null;
  const incoming = scratch ?? paths.incomingInput;
  if (file === null && host.isTerminal(0)) {
    if (!haveKept) throw new CkptError("input.noKept", {});
    return { input: open(paths.keptInput), incoming: false };
  }
  const { sizeBytes } = await keepInput(fs, file ?? 0, incoming, { shownPath: spec.shownPath });
  if (sizeBytes === 0 && haveKept) {
    removeFile(fs, incoming);
    return { input: open(paths.keptInput), incoming: false };
  }
  return { input: open(incoming), incoming: true };
}

/** The kept input as one that has just come, for a session that begins anew on it. */
export function copyOfKept(fs: FileSystem, paths: CheckpointPaths, input: Input): ReadyInput {
  removeFile(fs, paths.incomingInput);
  copySynced(fs, paths.keptInput, paths.incomingInput);
  input.moved(paths.incomingInput);
  return { input, incoming: true };
}

/** Removes the copy of an input that no session has taken: it was complete already, or refused. */
export function discardIncoming(fs: FileSystem, paths: CheckpointPaths): void {
  try {
    removeFile(fs, paths.incomingInput);
  } catch {
    // How the run ended matters more; the next start removes it.
  }
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
    path: source.kept || source.path === null ? "-" : source.path,
    format: source.format,
    compression: source.compression,
    encoding: source.encoding,
    id_field: source.idField,
    kept: source.kept,
    size: bytes.sizeBytes,
    mtime: stat === null ? null : stat.mtime.toISOString(),
    sha256: bytes.sha256,
    ...counts,
    ...(input.spec.hashIndex ? { index_hashed: true } : {}),
  };
}
