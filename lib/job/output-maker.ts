// Whose results a file holds that stands where an output is to go, as people are told.
import * as path from "node:path";
import { exportersOf } from "../checkpoint/exports.ts";
import type { CheckpointPaths } from "../checkpoint/names.ts";
import { recordedSessions, type SessionRecord } from "../checkpoint/backup/sessions.ts";
import type { Kept, Maker } from "../core/job.ts";
import { oneLine, safeText } from "../ui/escape.ts";
import type { StandingFile } from "../run/may-replace.ts";
import type { Host } from "../cli/host.ts";

export type MadeBy = { readonly maker: Maker | null; readonly kept: Kept | null };

/** Of a command that made a file: enough to know it again. */
const SHOWN_COLUMNS = 80;

const NOBODY: MadeBy = { maker: null, kept: null };

/**
 * The session that a file is the output, or an export, of; and where else its results are kept.
 * @param present session of the checkpoint in place
 * @param isOwn whether a session is an earlier one of the job in hand
 */
export function makerOf(
  { fs, cwd }: Host,
  paths: CheckpointPaths,
  { path: file, sha256 }: StandingFile,
  present: SessionRecord | null,
  isOwn: (record: SessionRecord) => boolean,
): MadeBy {
  if (sha256 === null) return NOBODY;
  const exporters = exportersOf(fs, paths, sha256);
  const sessions = [...(present === null ? [] : [present]), ...recordedSessions(fs, paths)];
  const makers = sessions.filter(
    ({ nonce, output }) => output?.sha256 === sha256 || exporters.includes(nonce),
  );
  // Different jobs may give the same bytes: the one that put them there is meant.
  const record = makers.find(({ output }) => output?.path === file) ?? makers[0];
  if (record === undefined) return NOBODY;
  const { processor, input } = record.job;
  const maker = {
    kind: processor.kind,
    shown: safeText(oneLine(processor.shown), SHOWN_COLUMNS),
    input: input.path === "-" ? "-" : shortPath(input.path, cwd),
    at: record.recordedAt,
    own: isOwn(record),
  };
  const backup = makers.find((made) => made.backup !== null)?.backup ?? null;
  return { maker, kept: backup === null && record !== present ? null : { backup } };
}

/** A path as somebody in `cwd` would type it. */
export function shortPath(file: string, cwd: string): string {
  const relative = path.relative(cwd, file);
  return relative.startsWith("..") ? file : relative;
}
