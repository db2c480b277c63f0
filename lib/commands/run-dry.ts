// `ckpt run --dry-run`: the plan and the first calls, and nothing else: no lock, no recovery, no file changed.
import * as os from "node:os";
import * as path from "node:path";
import { emptyPosition } from "../checkpoint/recovery.ts";
import { scanLog } from "../checkpoint/log-reader.ts";
import { settledPaths } from "../checkpoint/move.ts";
import { checkpointPaths } from "../checkpoint/names.ts";
import { readStatus } from "../checkpoint/status-file.ts";
import { EXIT } from "../core/errors.ts";
import { STATE } from "../core/plan.ts";
import type { Input } from "../input/input.ts";
import { fileSize, removeFile } from "../io/file.ts";
import { writeStdout } from "../io/stdout.ts";
import { renderFirstCommand, renderPlan } from "../ui/plan.ts";
import type { Ending } from "./context.ts";
import type { RunCase } from "./run-case.ts";
import { readyInput } from "./run-input.ts";
import { identityJoin, joinFor, type Work } from "./run-work.ts";

const PREVIEWS = 3;

export async function dryRun(runCase: RunCase): Promise<Ending> {
  const { context, settings, source, processor } = runCase;
  const { host, catalogue } = context;
  const scratch = path.join(os.tmpdir(), `ckpt-dry-run-${host.pid}.tmp`);
  try {
    const ready = await readyInput(source, processor.usesIndex, host, checkpointPaths(settings.dir), scratch);
    const work = await dryWork(runCase, ready.input);
    const retryFailed = settings.failed !== "keep";
    const counts = work.plan.counts(retryFailed);
    const previews: string[][] = [];
    const wanted = (index: number): boolean => {
      const state = work.plan.state(index);
      return state === STATE.fresh || state === STATE.changed || (retryFailed && state === STATE.failed);
    };
    for await (const items of ready.input.read(wanted)) {
      for (const item of items) if (previews.length < PREVIEWS) previews.push([...processor.preview(item)]);
      if (previews.length >= PREVIEWS) break;
    }
    const text = settings.json
      ? `${JSON.stringify({ plan: counts, first: previews })}\n`
      : `${[renderPlan(counts, catalogue, settings.limit), ...previews.map((lines) => renderFirstCommand(lines, catalogue))].join("\n")}\n`;
    writeStdout(host.fs, Buffer.from(text));
    return { exitCode: EXIT.ok };
  } finally {
    if (fileSize(host.fs, scratch) !== null) removeFile(host.fs, scratch);
  }
}

async function dryWork(runCase: RunCase, input: Input): Promise<Work> {
  const { context, settings, processor, fingerprint } = runCase;
  const { fs } = context.host;
  const paths = settledPaths(fs, checkpointPaths(settings.dir));
  const read = readStatus(fs, paths.status);
  if (read.kind !== "good" || settings.resume === false || fileSize(fs, paths.log) === null) {
    return identityJoin(input, null).finish(processor);
  }
  const { status } = read;
  const join = await joinFor(status, fingerprint, input);
  scanLog(fs, paths.log, emptyPosition(status.session.nonce), join.visit);
  return join.finish(processor);
}
