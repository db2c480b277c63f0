// `ckpt run --dry-run`: shows what a run would do (forecast.ts), the plan and the first calls. Changes no file.
import { jsonLine } from "../../core/json-line.ts";
import * as os from "node:os";
import * as path from "node:path";
import { openCheckpoint } from "../../checkpoint/checkpoint.ts";
import { EXIT, exitCodeOf } from "../../core/errors.ts";
import { type Item, itemLabel } from "../../core/item.ts";
import type { Processor } from "../../processors/processor.ts";
import { candidateOf } from "../../processors/group/group-filler.ts";
import { groupOf } from "../../processors/group/item-group.ts";
import type { Input } from "../../input/input.ts";
import { fileSize, removeFile } from "../../io/file.ts";
import { writeStdout } from "../../io/stdout.ts";
import type { Checks } from "../../processors/check/with-checks.ts";
import { itemsDue } from "../../run/item-queue.ts";
import { formatCost } from "../../ui/format.ts";
import { errorJson } from "../../ui/render-error.ts";
import { safePath, safeText } from "../../ui/escape.ts";
import type { Catalogue } from "../../ui/messages/en.ts";
import { readableItem, renderCommand, renderRemark } from "../../ui/render-plan.ts";
import type { CommandEnd } from "../../cli/context.ts";
import type { RunSetup } from "../run-setup.ts";
import { type InputSource, namesOf } from "../input/input-source.ts";
import { readyInput } from "../input/ready-input.ts";
import { asksAbout, countImports, forecastImports, matchImports } from "../imports/imports.ts";
import { CostEstimate, type Estimate, type EstimateLimits } from "./cost-estimate.ts";
import { type Forecast, forecastRun } from "./forecast.ts";
import { earlierInputs } from "../input/input-reading.ts";
import { planLines } from "./plan-lines.ts";
import { forecastTakeOver, matchShards } from "../shards/reshard.ts";
import { shardJson } from "../shards/shard-run.ts";

const PREVIEWS = 3;
/** Items that are shown of one request. */
const PREVIEW_ITEMS = 3;
const FILES_SHOWN = 5;
/** `tokens`: of all that the call is for; null if the processor estimates none. */
type Preview = {
  readonly item: string;
  readonly lines: readonly string[];
  readonly tokens: ReturnType<NonNullable<Processor["estimate"]>> | null;
};

/** Shows what a run would do. When the run would be refused, this ends with the same error and exit code, below the plan. */
export async function dryRun(setup: RunSetup): Promise<CommandEnd> {
  const { context, settings, source, processor, fingerprint, reporter } = setup;
  const { host, catalogue } = context;
  const scratch = path.join(os.tmpdir(), `ckpt-dry-run-${host.pid}.tmp`);
  try {
    const checkpoint = openCheckpoint(host.fs, settings.dir);
    const earlier = earlierInputs(checkpoint.settled(), fingerprint, settings.resume);
    const ready = await readyInput(source, processor, host, checkpoint, earlier, scratch);
    if (ready.remark !== null) reporter.note(renderRemark(ready.remark.what, ready.remark.path, catalogue));
    const found = await withShards(setup, ready.input, await forecastRun(setup, ready.input));
    const forecast = await withImports(setup, ready.input, found);
    const calls = await firstCalls(setup, ready.input, forecast);
    const print = settings.json ? jsonText : plainText;
    writeStdout(host.fs, Buffer.from(print(setup, forecast, calls)));
    const { refusal } = forecast;
    if (refusal === null) return { exitCode: EXIT.ok };
    if (!settings.json) throw refusal;
    return { exitCode: exitCodeOf(refusal.code) };
  } finally {
    if (fileSize(host.fs, scratch) !== null) removeFile(host.fs, scratch);
  }
}

/** Adds what the run would import. */
async function withImports(setup: RunSetup, input: Input, forecast: Forecast): Promise<Planned> {
  const { action, work, notes } = forecast;
  const isDone = action === "nothing" || action === "write_output" || forecast.refusal !== null;
  const imports = isDone ? null : await matchImports(setup, input, work.plan);
  if (imports === null) return { ...forecast, import: null };
  const counts = countImports(imports, work.plan);
  forecastImports(imports, work.plan);
  const asks = asksAbout(setup, imports);
  const { imports: texts } = setup.context.catalogue;
  return {
    ...forecast,
    action: asks ? "ask" : action,
    notes: [
      ...notes,
      ...imports.lines,
      ...(asks ? [texts.wouldAsk] : []),
      texts.wouldImport(counts.imported, counts.already),
    ],
    import: { rows: imports.table.rows, ...imports.counts, ...counts },
  };
}

/** With what would be taken over from other shards (`--reshard-from`). */
async function withShards(setup: RunSetup, input: Input, forecast: Forecast): Promise<Forecast> {
  const { work, notes, refusal } = forecast;
  const taken = refusal === null ? await matchShards(setup, input, work) : null;
  if (taken === null) return forecast;
  forecastTakeOver(taken, work.plan);
  return {
    ...forecast,
    notes: [...notes, setup.context.catalogue.sharding.wouldTakeOver(taken.units.length)],
  };
}

/** `import`: what becomes of the rows of `--import`; null without. */
type Planned = Forecast & { readonly import: Readonly<Record<string, number>> | null };

type Calls = { readonly previews: readonly Preview[]; readonly estimate: Estimate | null };

/** The first calls of a run, and what all of its calls would ask for. */
async function firstCalls(
  setup: RunSetup,
  input: Input,
  { work: { plan }, retryFailed }: Forecast,
): Promise<Calls> {
  const { settings, processor } = setup;
  const previews: Preview[] = [];
  const isDue = (unit: number): boolean => plan.isPending(unit) || (retryFailed && plan.isRetryable(unit));
  const { pending } = plan.counts(retryFailed);
  const limit = settings.limit ?? pending;
  const estimate = processor.estimate === undefined ? null : new CostEstimate();
  const filler = processor.groupFiller?.() ?? null;
  const call = (group: readonly { readonly item: Item }[], times: number): void => {
    if (group.length === 0) return;
    if (previews.length < PREVIEWS)
      previews.push(
        previewOf(
          group.map(({ item }) => item),
          setup,
        ),
      );
    estimate?.addRequests(times);
  };
  let begun = 0;
  for await (const items of itemsDue(input, plan, isDue, settings.shuffle ? pending : null)) {
    for (const item of items) {
      const times = Math.min(plan.countOf(item.index, isDue), limit - begun);
      begun += times;
      const one = processor.estimate?.(item);
      if (one !== undefined) estimate?.add(one, times);
      if (filler === null) call([{ item }], times);
      else
        for (let time = 0; time < times; time++)
          for (const group of filler.add(candidateOf(item, processor))) call(group, 1);
    }
    if (previews.length >= PREVIEWS && estimate === null) break;
  }
  call(filler?.take() ?? [], 1);
  return {
    previews,
    estimate: estimate?.of({ prices: pricesOf(settings), ...limitsOf(settings) }) ?? null,
  };
}

/** What is handed to the processor at once. */
function together(items: readonly Item[]): Item {
  const [first] = items;
  if (first === undefined) throw new Error("a call is for an item");
  return items.length === 1 ? first : groupOf(items);
}

/** The call for items; of many, with the first ones. */
function previewOf(items: readonly Item[], { context, settings, processor }: RunSetup): Preview {
  const [first, last] = [items[0], items.at(-1)].map((item) =>
    item === undefined ? "" : itemLabel(item.id, item.index),
  );
  const item = items.length === 1 ? (first ?? "") : `${first} … ${last}`;
  const call = together(items);
  const tokens = processor.estimate?.(call) ?? null;
  if (settings.json) return { item, tokens, lines: processor.preview(call) };
  const shown = items.slice(0, PREVIEW_ITEMS).map(readableItem);
  const left = items.length - shown.length;
  const lines = processor.preview(together(shown));
  return { item, tokens, lines: left === 0 ? lines : [...lines, context.catalogue.plan.moreInRequest(left)] };
}

/** What all endpoints together let through in a minute; null where one of them has no limit. */
function limitsOf({ processor, ...common }: RunSetup["settings"]): Pick<EstimateLimits, "rpm" | "tpm"> {
  if (processor.kind !== "endpoint") return common;
  const limitOf = (name: "rpm" | "tpm"): number | null =>
    processor.servers
      .map((server) => server[name] ?? common[name])
      .reduce((total, one) => (total === null || one === null ? null : total + one));
  return { rpm: limitOf("rpm"), tpm: limitOf("tpm") };
}

function pricesOf({ processor }: RunSetup["settings"]): EstimateLimits["prices"] {
  return processor.kind === "endpoint" ? processor.prices : null;
}

/** What all calls come to: tokens, cost and time, and what of it is unknown. */
function estimateLines(
  estimate: Estimate,
  { common, plan: texts }: Catalogue,
  settings: RunSetup["settings"],
): string[] {
  const { cost, time } = estimate;
  const money =
    cost === null
      ? null
      : { input: formatCost(cost.input), output: costText(cost.output), total: costText(cost.total) };
  const shortest =
    time === null
      ? null
      : { ms: common.duration(time.min_ms), by: time.by, limit: limitsOf(settings)[time.by] ?? 0 };
  return [
    texts.estimate(estimate),
    texts.estimatedCost(money),
    texts.estimatedTime(shortest, estimate.output_tokens !== null),
  ];
}

/** Below a call. */
function tokensLines(tokens: Preview["tokens"], { plan: texts }: Catalogue): string[] {
  if (tokens === null) return [];
  const { inputTokens: input, outputTokens: output } = tokens;
  return [`  ${texts.itemTokens({ input_tokens: input, output_tokens: output })}`];
}

function costText(cost: number | null): string | null {
  return cost === null ? null : formatCost(cost);
}

/** Which files the words of an input name. */
function filesLine(source: InputSource, catalogue: Catalogue): string {
  const names = namesOf(source);
  return catalogue.plan.files(
    names.length,
    names.slice(0, FILES_SHOWN).map((name) => safePath(name)),
  );
}

function checksJson(checks: Checks): object {
  const { schema, match } = checks;
  return {
    ...(schema === null
      ? {}
      : { validate: { path: schema.path, dialect: schema.dialect, ignored: schema.ignored } }),
    ...(match === null ? {} : { match: match.source }),
  };
}

/** What outputs are checked against. */
function checksLine({ schema, match }: Checks, { plan: texts }: Catalogue): string {
  return texts.checks([
    ...(schema === null ? [] : [`${safePath(schema.path)} (${schema.dialect})`]),
    ...(match === null ? [] : [`--match ${safeText(match.source)}`]),
  ]);
}

function jsonText(
  { context, dropped, settings, source, checks }: RunSetup,
  { work, retryFailed, action, refusal, import: imported }: Planned,
  calls: Calls,
): string {
  return jsonLine({
    ...(source.words === null ? {} : { files: namesOf(source) }),
    plan: work.plan.counts(retryFailed),
    selection: work.selection,
    ...(settings.shard === null ? {} : { shard: shardJson(settings.shard, work) }),
    ...(imported === null ? {} : { import: imported }),
    first: calls.previews.map(({ lines }) => lines),
    action,
    ...(dropped.length === 0 ? {} : { dropped }),
    ...(checks === null ? {} : { checks: checksJson(checks) }),
    ...(calls.estimate === null ? {} : { estimate: calls.estimate }),
    ...(refusal === null ? {} : errorJson(refusal, context.catalogue)),
  });
}

function plainText(
  { context, dropped, settings, source, checks }: RunSetup,
  { work, retryFailed, notes, refusal }: Forecast,
  calls: Calls,
): string {
  const { catalogue } = context;
  const { plan: texts } = catalogue;
  const lines = [
    ...(source.words === null ? [] : [filesLine(source, catalogue)]),
    ...(dropped.length === 0 ? [] : [texts.dropped(dropped.map((name) => `--${name}`).join(", "))]),
    ...notes,
    ...planLines(work, work.plan.counts(retryFailed), { context, settings }),
    ...calls.previews.flatMap(({ item, lines: call, tokens }) => [
      renderCommand(item, call, catalogue),
      ...tokensLines(tokens, catalogue),
    ]),
    ...(checks === null ? [] : [checksLine(checks, catalogue)]),
    ...(calls.estimate === null ? [] : estimateLines(calls.estimate, catalogue, settings)),
    ...(refusal === null ? [] : [texts.wouldBeRefused(exitCodeOf(refusal.code))]),
  ];
  return `${lines.join("\n")}\n`;
}
