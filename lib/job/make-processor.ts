// Makes the processor chosen by the options.
import { CkptError } from "../core/errors.ts";
import { openCheckpoint } from "../checkpoint/checkpoint.ts";
import { cutText } from "../core/cut-text.ts";
import { presentFingerprint, type PresentFingerprint, type PresentPart } from "../core/fingerprint.ts";
import { shellWords } from "../core/shell-quote.ts";
import { dependsParts } from "../processors/depends.ts";
import { chat } from "../processors/endpoint/api/chat.ts";
import type { Checks } from "../processors/check/with-checks.ts";
import type { ItemError } from "../core/record.ts";
import type { GateOptions } from "../processors/pace/gate.ts";
import type { OwnLimit } from "../processors/pace/lanes.ts";
import type { Pace, PacedEndpoint } from "../processors/pace/pace.ts";
import type { Processor } from "../processors/processor.ts";
import type { Host } from "../cli/host.ts";
import { type ServerChoice, sortedUrls } from "./endpoint/endpoint-servers.ts";
import type { EndpointChoice } from "./endpoint/endpoint-settings.ts";
import type { MadeEndpoint } from "./endpoint/make-endpoint.ts";
import { makeChecks } from "./make-checks.ts";
import { shownQuestion } from "./endpoint/endpoint-question.ts";
import type { ProcessorChoice } from "./processor-choice.ts";
import { attemptsAtOnce, type RunSettings } from "./run-settings.ts";

/** The processor, and its pace if it has one. */
type PacedProcessor = { readonly processor: Processor; readonly pace: Pace | null };

/** The same, the checks of its outputs, and the limit of an attempt, which may be changed while a run goes on. */
export type MadeProcessor = PacedProcessor & {
  readonly checks: Checks | null;
  readonly attemptLimit: AttemptLimit;
};

/** Limit of one attempt in milliseconds; null: none. */
export type AttemptLimit = { timeoutMs: number | null };

export type ProcessorEvents = {
  /** A module has printed a line. */
  readonly print: (line: string) => void;
  /** One of several endpoints can serve nobody; its work goes to the others. */
  readonly leftOut: (baseUrl: string, error: ItemError) => void;
};

/**
 * Makes the processor, wrapped in pace and retries. Loads only the code for its kind. @throws usage.*, module.missing, endpoint.*, check.*
 */
export async function makeProcessor(
  settings: RunSettings,
  host: Host,
  events: ProcessorEvents,
): Promise<MadeProcessor> {
  const checks = await makeChecks(settings, host);
  const attemptLimit: AttemptLimit = { timeoutMs: settings.timeoutMs };
  const { processor: choice } = settings;
  const { processor, pace } =
    choice.kind === "endpoint"
      ? await endpointProcessors(settings, choice, checks, { attemptLimit, host, events })
      : await pacedProcessor(
          await checkedProcessor(
            await baseProcessor(choice, settings, attemptLimit, { host, print: events.print }),
            checks,
          ),
          settings,
          host,
        );
  const retried = { pace, processor: await retriedProcessor(processor, settings, host) };
  return { ...(await groupedProcessor(retried, settings, host)), checks, attemptLimit };
}

async function groupedProcessor(
  { processor, pace }: PacedProcessor,
  settings: RunSettings,
  host: Host,
): Promise<PacedProcessor> {
  const groups = settings.processor.kind === "endpoint" ? settings.processor.groups : null;
  if (groups === null || pace === null) return { processor, pace };
  const { withGroups } = await import("../processors/group/with-groups.ts");
  return withGroups(processor, pace, { ...groups, clock: host.clock });
}

async function checkedProcessor(base: Processor, checks: Checks | null): Promise<Processor> {
  if (checks === null) return base;
  const { withChecks } = await import("../processors/check/with-checks.ts");
  return withChecks(base, checks);
}

async function endpointProcessors(
  settings: RunSettings,
  choice: EndpointChoice,
  checks: Checks | null,
  {
    attemptLimit,
    host,
    events,
  }: { readonly attemptLimit: AttemptLimit; readonly host: Host; readonly events: ProcessorEvents },
): Promise<PacedProcessor> {
  const { makeEndpoints } = await import("./endpoint/make-endpoint.ts");
  const { withSeveral } = await import("../processors/pace/pace.ts");
  // Under a name that stands for several, each run may have one of them.
  const areNamed = choice.servers.length > 1 || choice.endpointName !== null;
  const paced = async ({ server, processor }: MadeEndpoint): Promise<PacedEndpoint> => ({
    name: areNamed ? server.baseUrl : null,
    processor: await checkedProcessor(processor, checks),
    limits: {
      concurrency: concurrencyOf({ ...settings, ...given(server) }),
      rpm: server.rpm ?? settings.rpm,
      tpm: server.tpm ?? settings.tpm,
    },
    own: ownLimits(server),
  });
  const [first, ...others] = await makeEndpoints(choice, settings, attemptLimit, host);
  const all = [await paced(first), ...(await Promise.all(others.map(paced)))] as const;
  const { maxOutageMs } = settings;
  return withSeveral(all, { maxOutageMs, clock: host.clock, random: host.random }, events.leftOut);
}

function ownLimits({ jobs, jobsMax, rpm, tpm }: ServerChoice): OwnLimit[] {
  const all = { concurrency: jobs ?? jobsMax, rpm, tpm } as const;
  return (["concurrency", "rpm", "tpm"] as const).filter((limit) => all[limit] !== null);
}

/** The own concurrency of an endpoint. */
function given({ jobs, jobsMax }: ServerChoice): Partial<Pick<RunSettings, "jobs" | "jobsMax">> {
  return { ...(jobs === null ? null : { jobs }), ...(jobsMax === null ? null : { jobsMax }) };
}

/** How many attempts at once a gate allows. */
export function concurrencyOf(settings: RunSettings): GateOptions["concurrency"] {
  const fixed = attemptsAtOnce(settings);
  return fixed === null ? { auto: true, max: settings.jobsMax } : { auto: false, max: fixed };
}

async function pacedProcessor(base: Processor, settings: RunSettings, host: Host): Promise<PacedProcessor> {
  const { jobs, rpm, tpm, maxOutageMs } = settings;
  const isPaced = jobs === "auto" || rpm !== null || tpm !== null;
  if (!isPaced) return { processor: base, pace: null };
  const { withPace } = await import("../processors/pace/pace.ts");
  const { clock, random } = host;
  return withPace(base, { concurrency: concurrencyOf(settings), rpm, tpm, maxOutageMs, clock, random });
}

async function retriedProcessor(base: Processor, settings: RunSettings, host: Host): Promise<Processor> {
  if (settings.retries === 0) return base;
  const { withRetry } = await import("../processors/pace/retry.ts");
  return withRetry(base, {
    retries: settings.retries,
    delayMs: settings.retryDelayMs,
    delayMaxMs: settings.retryMaxDelayMs,
    clock: host.clock,
    random: host.random,
  });
}

async function baseProcessor(
  processor: Exclude<ProcessorChoice, EndpointChoice>,
  settings: RunSettings,
  limit: AttemptLimit,
  { host, print }: { readonly host: Host; readonly print: (line: string) => void },
): Promise<Processor> {
  const { maxOutputBytes, parse, id } = settings;
  const atOnce = attemptsAtOnce(settings) ?? settings.jobsMax;
  const hasId = id !== null;
  const pauseOn = new Set(settings.pauseOnExit);
  const { keepStderr } = settings;
  const child = {
    env: host.env,
    get timeoutMs() {
      return limit.timeoutMs;
    },
    maxOutputBytes,
    atOnce,
    parse,
    hasId,
    pauseOn,
    keepStderr,
  };
  switch (processor.kind) {
    case "command":
      return (await import("../processors/command/command.ts")).commandProcessor(processor.argv, child);
    case "worker": {
      const { workerProcessor } = await import("../processors/worker/worker.ts");
      return workerProcessor(processor.argv, {
        workers: settings.jobs === "auto" ? host.processors : settings.jobs,
        inflight: processor.inflight,
        env: host.env,
        get timeoutMs() {
          return limit.timeoutMs;
        },
        maxOutputBytes,
        logFolder: openCheckpoint(host.fs, settings.dir).paths.workers,
        clock: host.clock,
      });
    }
    case "shell":
      return (await import("../processors/command/shell.ts")).shellProcessor(processor.text, child);
    case "module": {
      const { moduleProcessor } = await import("../processors/module/module.ts");
      return moduleProcessor({
        file: processor.path,
        get timeoutMs() {
          return limit.timeoutMs;
        },
        maxOutputBytes,
        print,
      });
    }
  }
}

/** Maximum length of the processor's text in the status. */
const SHOWN_LENGTH_MAX = 300;

/** What `info` calls the processor. */
export function shownProcessor(settings: RunSettings): { readonly kind: string; readonly shown: string } {
  const { processor } = settings;
  switch (processor.kind) {
    case "worker":
      return { kind: "worker", shown: cutText(shellWords(processor.argv), SHOWN_LENGTH_MAX) };
    case "command":
      return { kind: "command", shown: cutText(shellWords(processor.argv), SHOWN_LENGTH_MAX) };
    case "shell":
      return { kind: "shell", shown: cutText(processor.text, SHOWN_LENGTH_MAX) };
    case "module":
      return { kind: "module", shown: processor.path };
    case "endpoint": {
      const { api, model, question, servers } = processor;
      const where = [sortedUrls(servers), ...(api === chat ? [] : [api.name])].join(", ");
      return {
        kind: "endpoint",
        shown: cutText(`${model ?? shownQuestion(question)} (${where})`, SHOWN_LENGTH_MAX),
      };
    }
  }
}

/** The fingerprint of a run, which is recorded and shown: no part of it may hold the key. @throws depends.unreadable, module.missing, endpoint.keyInPart */
export async function makeFingerprint(
  settings: RunSettings,
  processor: Processor,
): Promise<PresentFingerprint> {
  const depends = dependsParts(settings.depends);
  const parts: PresentPart[] = [...(await processor.fingerprintParts()), ...depends];
  const telling = parts.find(
    ({ value }) => processor.redact !== undefined && processor.redact(value) !== value,
  );
  if (telling !== undefined) throw new CkptError("endpoint.keyInPart", { part: telling.name });
  return presentFingerprint(parts, fingerprintId);
}

/** The id of a fingerprint, from its text. */
export function fingerprintId(text: string): string {
  return Bun.SHA256.hash(text, "hex").slice(0, 8);
}
