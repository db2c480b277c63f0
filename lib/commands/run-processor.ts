// Makes the processor that the options name.
import type { Fingerprint, FingerprintPart } from "../core/fingerprint.ts";
import { fingerprintText } from "../core/fingerprint.ts";
import { shellWords } from "../core/shell-quote.ts";
import { dependsParts } from "../processors/depends.ts";
import type { Processor } from "../processors/processor.ts";
import type { Host } from "./host.ts";
import type { RunSettings } from "./run-options.ts";

/** The processor, retries included. Loads just the code of its kind. @throws usage.badValue, module.missing */
export async function makeProcessor(settings: RunSettings, host: Host): Promise<Processor> {
  const base = await baseProcessor(settings, host);
  if (settings.retries === 0) return base;
  const { withRetry } = await import("../processors/retry.ts");
  return withRetry(base, {
    retries: settings.retries,
    delayMs: settings.retryDelayMs,
    delayMaxMs: settings.retryDelayMaxMs,
    clock: host.clock,
    random: host.random,
  });
}

async function baseProcessor(settings: RunSettings, host: Host): Promise<Processor> {
  const { processor, timeoutMs, maxOutputBytes, parse, idField } = settings;
  const child = { env: host.env, timeoutMs, maxOutputBytes, parse, hasId: idField !== null };
  switch (processor.kind) {
    case "command":
      return (await import("../processors/command.ts")).commandProcessor(processor.argv, child);
    case "shell":
      return (await import("../processors/shell.ts")).shellProcessor(processor.text, child);
    case "module": {
      const { moduleProcessor } = await import("../processors/module.ts");
      return moduleProcessor({ file: processor.path, timeoutMs, maxOutputBytes });
    }
  }
}

/** How the processor is called in `info`. */
export function shownProcessor(settings: RunSettings): { readonly kind: string; readonly shown: string } {
  const { processor } = settings;
  switch (processor.kind) {
    case "command":
      return { kind: "command", shown: shellWords(processor.argv).slice(0, 300) };
    case "shell":
      return { kind: "shell", shown: processor.text.slice(0, 300) };
    case "module":
      return { kind: "module", shown: processor.path };
  }
}

/** The fingerprint of a run. @throws depends.unreadable, module.missing */
export async function makeFingerprint(settings: RunSettings, processor: Processor): Promise<Fingerprint> {
  const depends = dependsParts(settings.depends);
  const parts: FingerprintPart[] = [...(await processor.fingerprintParts()), ...depends];
  return { id: Bun.SHA256.hash(fingerprintText(parts), "hex").slice(0, 8), parts };
}
