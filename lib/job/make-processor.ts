// Makes the processor chosen by the options.
import { openCheckpoint } from "../checkpoint/checkpoint.ts";
import { cutText } from "../core/cut-text.ts";
import { presentFingerprint, type PresentFingerprint, type PresentPart } from "../core/fingerprint.ts";
import { shellWords } from "../core/shell-quote.ts";
import { dependsParts } from "../processors/depends.ts";
import type { Checks } from "../processors/check/with-checks.ts";
import type { Pace } from "../processors/pace/pace.ts";
import type { Processor } from "../processors/processor.ts";
import type { Host } from "../cli/host.ts";
import { makeChecks } from "./make-checks.ts";
import { attemptsAtOnce, type RunSettings } from "./run-settings.ts";

/** The processor, and its pace if it has one. */
type PacedProcessor = { readonly processor: Processor; readonly pace: Pace | null };

/** The same, and the checks of its outputs. */
export type MadeProcessor = PacedProcessor & { readonly checks: Checks | null };

/**
 * Makes the processor, wrapped in pace and retries. Loads only the code for its kind. @param print receives the lines that a module prints @throws
 * usage.*, module.missing, endpoint.*, check.*
 */
export async function makeProcessor(
  settings: RunSettings,
  host: Host,
  print: (line: string) => void,
): Promise<MadeProcessor> {
  const checks = await makeChecks(settings, host);
  const base = await checkedProcessor(await baseProcessor(settings, host, print), checks);
  const { processor, pace } = await pacedProcessor(base, settings, host);
  return { pace, checks, processor: await retriedProcessor(processor, settings, host) };
}

async function checkedProcessor(base: Processor, checks: Checks | null): Promise<Processor> {
  if (checks === null) return base;
  const { withChecks } = await import("../processors/check/with-checks.ts");
  return withChecks(base, checks);
}

async function pacedProcessor(base: Processor, settings: RunSettings, host: Host): Promise<PacedProcessor> {
  const { jobs, jobsMax, rpm, tpm, maxOutageMs } = settings;
  const isPaced = base.kind === "endpoint" || jobs === "auto" || rpm !== null || tpm !== null;
  if (!isPaced) return { processor: base, pace: null };
  const { withPace } = await import("../processors/pace/pace.ts");
  const fixed = attemptsAtOnce(settings);
  const concurrency = fixed === null ? { auto: true, max: jobsMax } : { auto: false, max: fixed };
  const { clock, random } = host;
  return withPace(base, { concurrency, rpm, tpm, maxOutageMs, clock, random });
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
  settings: RunSettings,
  host: Host,
  print: (line: string) => void,
): Promise<Processor> {
  const { processor, timeoutMs, maxOutputBytes, parse, id } = settings;
  const atOnce = attemptsAtOnce(settings) ?? settings.jobsMax;
  const hasId = id !== null;
  const pauseOn = new Set(settings.pauseOnExit);
  const { keepStderr } = settings;
  const child = { env: host.env, timeoutMs, maxOutputBytes, atOnce, parse, hasId, pauseOn, keepStderr };
  switch (processor.kind) {
    case "command":
      return (await import("../processors/command/command.ts")).commandProcessor(processor.argv, child);
    case "worker": {
      const { workerProcessor } = await import("../processors/worker/worker.ts");
      return workerProcessor(processor.argv, {
        workers: settings.jobs === "auto" ? host.processors : settings.jobs,
        inflight: processor.inflight,
        env: host.env,
        timeoutMs,
        maxOutputBytes,
        logFolder: openCheckpoint(host.fs, settings.dir).paths.workers,
        clock: host.clock,
      });
    }
    case "shell":
      return (await import("../processors/command/shell.ts")).shellProcessor(processor.text, child);
    case "module": {
      const { moduleProcessor } = await import("../processors/module/module.ts");
      return moduleProcessor({ file: processor.path, timeoutMs, maxOutputBytes, print });
    }
    case "endpoint":
      return (await import("./make-endpoint.ts")).makeEndpoint(processor, settings, host);
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
    case "endpoint":
      return {
        kind: "endpoint",
        shown: cutText(`${processor.model} (${processor.baseUrl})`, SHOWN_LENGTH_MAX),
      };
  }
}

/** The fingerprint of a run. @throws depends.unreadable, module.missing */
export async function makeFingerprint(
  settings: RunSettings,
  processor: Processor,
): Promise<PresentFingerprint> {
  const depends = dependsParts(settings.depends);
  const parts: PresentPart[] = [...(await processor.fingerprintParts()), ...depends];
  return presentFingerprint(parts, fingerprintId);
}

/** The id of a fingerprint, from its text. */
export function fingerprintId(text: string): string {
  return Bun.SHA256.hash(text, "hex").slice(0, 8);
}
