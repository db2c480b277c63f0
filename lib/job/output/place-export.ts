// Puts exported results in their place. A file that an earlier export, or the run of the session, has written is replaced; any other only with `--force`.
import type { Checkpoint, SessionRecord } from "../../checkpoint/checkpoint.ts";
import type { ResultSource } from "../../core/result-source.ts";
import { CkptError } from "../../core/errors.ts";
import { writeStdout } from "../../io/stdout.ts";
import {
  checkOutput,
  existingFile,
  freePath,
  isSpecial,
  stageOutput,
  type WriteOutput,
  writeSpecial,
} from "../../output/output-file.ts";
import type { WrittenResults } from "../../output/write-results.ts";
import type { ExistingFile } from "../../run/may-replace.ts";
import type { Host } from "../../cli/host.ts";
import { filesOnRecord } from "../input/recorded-input.ts";
import { makerOf, shortPath } from "./output-maker.ts";
import { ownFiles } from "../results/selected-results.ts";

export type WriteExport = WriteOutput<WrittenResults>;

export type ExportCase = {
  readonly host: Host;
  readonly checkpoint: Checkpoint;
  /** Absolute path. */
  readonly file: string;
  readonly source: Pick<ResultSource, "nonce" | "job">;
  /** The session of the results, for messages; null: they have none of their own. */
  readonly present: SessionRecord | null;
  readonly force: boolean;
  /** As it is typed, without its options, for messages. */
  readonly command: string;
};

/**
 * Writes a regular file. A file that an earlier export or the run of this session wrote is replaced if it is unchanged. Both hashes are recorded
 * before the rename and only the new one afterwards, so that a crash never leaves a file that is not recorded.
 * @throws output.*
 */
async function replaceExport(
  exportCase: ExportCase,
  write: WriteExport,
): Promise<WrittenResults & { readonly sha256: string }> {
  const { host, checkpoint, file, source, present, force, command } = exportCase;
  const { fs } = host;
  const { nonce, job } = source;
  const before = checkpoint.exportedHashes(nonce, file);
  // The export must not overwrite the input: items cannot be restored from results.
  const stands = checkOutput(
    fs,
    file,
    filesOnRecord(job.input, ownFiles(checkpoint, job), fs),
    checkpoint.paths.dir,
  );
  const existing = stands && !force ? existingFile(fs, file) : null;
  const ofRun = job.output?.path === file ? [job.output.sha256, job.output.replaces] : [];
  if (existing !== null && (existing.sha256 === null || ![...before, ...ofRun].includes(existing.sha256)))
    throw inTheWay(exportCase, existing);
  // A run may be writing this file under its own nonce. No run writes that of shards, so that what a killed merge has left is replaced.
  const chance = Buffer.from(crypto.getRandomValues(new Uint8Array(4))).toString("hex");
  const staged = await stageOutput(fs, file, present === null ? nonce : chance, write, command);
  const { written, sha256 } = staged;
  checkpoint.recordExport({ path: file, nonce, sha256: [sha256, ...before] });
  staged.place();
  checkpoint.recordExport({ path: file, nonce, sha256: [sha256] });
  return { ...written, sha256 };
}

/** The error about a file that neither an export nor the run of this session wrote. */
function inTheWay({ host, checkpoint, source, present }: ExportCase, file: ExistingFile): CkptError {
  const isOwn = ({ nonce }: SessionRecord): boolean => nonce === source.nonce;
  const { maker, kept } = makerOf(host, checkpoint, file, present, isOwn);
  // A copy of this session's own results at a path that is not recorded.
  const isCopy = maker !== null && maker.own && !maker.changed;
  const others = isCopy ? { maker: null, kept: null } : { maker, kept };
  const other = shortPath(freePath(host.fs, file.path), host.cwd);
  return new CkptError("output.exists", { path: file.path, other, byNoResume: false, ...others });
}

/** Standard output, what `isSpecial`, or a regular file. @throws output.* */
export async function placeExport(
  write: WriteExport,
  exportCase: ExportCase,
): Promise<WrittenResults & { readonly sha256: string | null }> {
  const { host, file, command } = exportCase;
  const { fs } = host;
  if (file === "-") return { ...(await write((bytes) => writeStdout(fs, bytes))), sha256: null };
  if (isSpecial(fs, file)) return { ...(await writeSpecial(fs, file, write, command)), sha256: null };
  return replaceExport(exportCase, write);
}
