// Finds out whose results an existing file holds, for messages about outputs.
import type { Checkpoint, ExportedFile, SessionRecord } from "../../checkpoint/checkpoint.ts";
import * as path from "node:path";
import type { Kept, Maker } from "../../core/job.ts";
import { shellWords } from "../../core/shell-quote.ts";
import type { InputFacts, OutputFacts } from "../../core/status.ts";
import { safeText } from "../../ui/escape.ts";
import type { ExistingFile } from "../../run/may-replace.ts";
import type { Host } from "../../cli/host.ts";

export type MadeBy = { readonly maker: Maker | null; readonly kept: Kept | null };

/** Maximum width of the command that made a file: enough to recognise it. */
const SHOWN_COLUMNS = 80;

const NOBODY: MadeBy = { maker: null, kept: null };

/**
 * The session whose output or export a file is, or was before it was changed; and where else its results are kept.
 * @param present session of the current checkpoint
 * @param isOwn whether a session is an earlier one of this job
 */
export function makerOf(
  { cwd }: Host,
  checkpoint: Checkpoint,
  { path: file, sha256 }: ExistingFile,
  present: SessionRecord | null,
  isOwn: (record: SessionRecord) => boolean,
): MadeBy {
  if (sha256 === null) return NOBODY;
  const sessions = [...(present === null ? [] : [present]), ...checkpoint.sessions()];
  const makers = (isOutput: (output: OutputFacts) => boolean, isExport: (file: ExportedFile) => boolean) => {
    const exporters = checkpoint.exportersOf(isExport);
    return sessions.filter(
      ({ nonce, output }) => (output !== null && isOutput(output)) || exporters.includes(nonce),
    );
  };
  const exact = makers(
    (output) => output.sha256 === sha256,
    (exported) => exported.sha256.includes(sha256),
  );
  // Different jobs may produce the same bytes: prefer the one that wrote them here.
  const record = exact.find(({ output }) => output?.path === file) ?? exact[0];
  if (record !== undefined) {
    const backup = exact.find((made) => made.backup !== null)?.backup ?? null;
    const kept = backup === null && record !== present ? null : { backup };
    return { maker: shownMaker(record, cwd, { own: isOwn(record), changed: false }), kept };
  }
  const [before] = makers(
    (output) => output.path === file && output.sha256 !== null,
    (exported) => exported.path === file,
  );
  if (before === undefined) return NOBODY;
  return { maker: shownMaker(before, cwd, { own: isOwn(before), changed: true }), kept: null };
}

function shownMaker(
  { job, recordedAt: at }: SessionRecord,
  cwd: string,
  how: Pick<Maker, "own" | "changed">,
): Maker {
  const { processor, input } = job;
  return {
    kind: processor.kind,
    shown: safeText(processor.shown, SHOWN_COLUMNS),
    input: shortInput(input, cwd),
    at,
    ...how,
  };
}

/** An input as somebody in `cwd` would type it. */
function shortInput({ path: file, words }: InputFacts, cwd: string): string {
  if (words !== undefined) return shellWords(words.map((word) => shortPath(word, cwd)));
  return file === "-" ? "-" : shortPath(file, cwd);
}

/** A path as a user in `cwd` would type it. */
export function shortPath(file: string, cwd: string): string {
  const relative = path.relative(cwd, file);
  return relative.startsWith("..") ? file : relative;
}
