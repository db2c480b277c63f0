// `ckpt run --dry-run`: the plan and the first calls, and nothing else: no lock, no recovery, no file changed.
import { jsonLine } from "../core/json-line.ts";
import * as os from "node:os";
import * as path from "node:path";
import { logStart } from "../checkpoint/log/log-start.ts";
import { scanLog } from "../checkpoint/log/log-reader.ts";
import { settledPaths } from "../checkpoint/backup/move.ts";
import { type CheckpointPaths, checkpointPaths } from "../checkpoint/names.ts";
import { readStatus } from "../checkpoint/status/status-file.ts";
import { EXIT } from "../core/errors.ts";
import type { Status } from "../core/status.ts";
import { itemLabel } from "../core/item.ts";
import { STATE } from "../core/plan.ts";
import type { Input } from "../input/input.ts";
import { fileSize, removeFile } from "../io/file.ts";
import { writeStdout } from "../io/stdout.ts";
import type { Processor } from "../processors/processor.ts";
import { readableItem, renderCommand, renderPlan, renderRemark } from "../ui/render-plan.ts";
import type { Ending } from "../cli/context.ts";
import type { RunSetup } from "./run-setup.ts";
import { readyInput } from "./job-input.ts";
import { completedWork } from "./completed-sessions.ts";
import { earlierInputs } from "./input-reading.ts";
import { identityJoin, recordJoinFor, type Work } from "./join-records.ts";

const PREVIEWS = 3;
type Preview = { readonly item: string; readonly lines: readonly string[] };

/** What a run would ask for: each item once, retries apart. Tokens are estimates; those of the answers a bound, null where there is none. */
type Estimate = {
  readonly requests: number;
  readonly input_tokens: number;
  readonly output_tokens: number | null;
};
const NO_ESTIMATE: Estimate = { requests: 0, input_tokens: 0, output_tokens: 0 };

function addEstimate(
  sum: Estimate,
  item: ReturnType<NonNullable<Processor["estimate"]>> | undefined,
): Estimate {
  const output = item?.outputTokens ?? null;
  return {
    requests: sum.requests + 1,
    input_tokens: sum.input_tokens + (item?.inputTokens ?? 0),
    output_tokens: output === null || sum.output_tokens === null ? null : sum.output_tokens + output,
  };
}

export async function dryRun(setup: RunSetup): Promise<Ending> {
  const { context, settings, source, processor, fingerprint, reporter, dropped } = setup;
  const { host, catalogue } = context;
  const scratch = path.join(os.tmpdir(), `ckpt-dry-run-${host.pid}.tmp`);
  try {
    const paths = checkpointPaths(settings.dir);
    const earlier = earlierInputs(host.fs, settledPaths(host.fs, paths), fingerprint, settings.resume);
    const ready = await readyInput(source, processor, host, paths, earlier, scratch);
    if (ready.remark !== null) reporter.note(renderRemark(ready.remark.what, ready.remark.path, catalogue));
    const { work, retryFailed } = await dryWork(setup, ready.input);
    const counts = work.plan.counts(retryFailed);
    const previews: Preview[] = [];
    const { plan } = work;
    const isDue = (unit: number): boolean =>
      plan.isPending(unit) || (retryFailed && plan.state(unit) === STATE.failed);
    let estimate = processor.estimate === undefined ? null : NO_ESTIMATE;
    for await (const items of ready.input.read((index) => plan.countOf(index, isDue) > 0)) {
      for (const item of items) {
        if (previews.length < PREVIEWS) {
          const shown = settings.json ? item : readableItem(item);
          previews.push({ item: itemLabel(item.id, item.index), lines: processor.preview(shown) });
        }
        if (estimate !== null && estimate.requests < (settings.limit ?? counts.pending))
          estimate = addEstimate(estimate, processor.estimate?.(item));
      }
      if (previews.length >= PREVIEWS && estimate === null) break;
    }
    const lines = [
      ...(dropped.length === 0
        ? []
        : [catalogue.plan.dropped(dropped.map((name) => `--${name}`).join(", "))]),
      renderPlan(counts, catalogue, settings.limit),
      ...previews.map(({ item, lines: call }) => renderCommand(item, call, catalogue)),
      ...(estimate === null ? [] : [catalogue.plan.estimate(estimate)]),
    ];
    const text = settings.json
      ? jsonLine({
          plan: counts,
          first: previews.map((one) => one.lines),
          ...(dropped.length === 0 ? {} : { dropped }),
          ...(estimate === null ? {} : { estimate }),
        })
      : `${lines.join("\n")}\n`;
    writeStdout(host.fs, Buffer.from(text));
    return { exitCode: EXIT.ok };
  } finally {
    if (fileSize(host.fs, scratch) !== null) removeFile(host.fs, scratch);
  }
}

type DryWork = { readonly work: Work; readonly retryFailed: boolean };

/** The checkpoint in place, or the completed session that a run would find. */
async function dryWork(setup: RunSetup, input: Input): Promise<DryWork> {
  const { context, settings } = setup;
  const { fs } = context.host;
  const paths = settledPaths(fs, checkpointPaths(settings.dir));
  const found = await workInPlace(setup, paths, input);
  const completed = await completedWork(setup, paths, input, found);
  return completed === null
    ? { work: found.work, retryFailed: settings.failed !== "keep" }
    : { work: completed.work, retryFailed: settings.failed === "retry" };
}

async function workInPlace(
  { context, settings, processor, fingerprint }: RunSetup,
  paths: CheckpointPaths,
  input: Input,
): Promise<{ readonly status: Status | null; readonly work: Work }> {
  const { fs } = context.host;
  const read = readStatus(fs, paths.status);
  if (read.kind !== "good" || settings.resume === false || fileSize(fs, paths.log) === null)
    return { status: null, work: await identityJoin(input, null).finish(processor) };
  const { status } = read;
  const join = await recordJoinFor(status, paths.status, fingerprint, input);
  scanLog(fs, paths.log, logStart(status), join.visit);
  return { status, work: await join.finish(processor) };
}
