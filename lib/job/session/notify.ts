// `--notify`: a shell text that is run when a run has ended, with the summary as JSON on its standard input. Nothing depends on it: a failure is said, and changes nothing.
import { jsonLine } from "../../core/json-line.ts";
import { Children, type ChildEnd } from "../../io/child.ts";
import { inheritedOf } from "../../processors/command/child-attempts.ts";
import { shellCommand } from "../../processors/command/shell.ts";
import { withReason } from "../../processors/outcomes.ts";
import { safeText } from "../../ui/escape.ts";
import type { RunEndReport } from "./error-summary.ts";
import type { RunSetup } from "../run-setup.ts";

const LIMIT_MS = 30_000;
const OUTPUT_BYTES_MAX = 1 << 20;
/** What a failure may be quoted with, in columns. */
const REASON_COLUMNS = 400;

/** Tells what was asked for of a run that has done something. @param limitMs how long it may take */
export async function notify(
  { context, settings, reporter }: Pick<RunSetup, "context" | "settings" | "reporter">,
  summary: RunEndReport,
  limitMs: number = LIMIT_MS,
): Promise<void> {
  if (settings.notify === null || summary.outcome === "already_complete") return;
  const { host, catalogue } = context;
  const stop = new AbortController();
  const stopSignals = host.onSignal(() => stop.abort("kill"));
  const children = new Children();
  try {
    const end = await children.run(
      {
        ...shellCommand(settings.notify),
        env: inheritedOf(host.env),
        input: jsonLine(summary),
        timeoutMs: limitMs,
        maxOutputBytes: OUTPUT_BYTES_MAX,
        signal: stop.signal,
      },
      summary.session_id,
    );
    const late = catalogue.run.notInTime(catalogue.common.duration(limitMs));
    const why = end.end === "timeout" ? withReason(late, end.stderr) : failureOf(end);
    if (why !== null)
      reporter.warn(catalogue.run.notNotified(safeText(catalogue.causes.text(why), REASON_COLUMNS)));
  } finally {
    stopSignals();
  }
}

/** Why it has failed; null where it has not, or somebody has stopped it. */
function failureOf(end: Exclude<ChildEnd, { readonly end: "timeout" }>): string | null {
  switch (end.end) {
    case "exited":
      return end.status === 0 ? null : withReason(`exit status ${end.status}`, end.stderr);
    case "signalled":
      return withReason(`ended by ${end.signal}`, end.stderr);
    case "output_too_large":
      return `its output is larger than ${OUTPUT_BYTES_MAX} bytes`;
    case "aborted":
      return null;
    case "not_started":
      return end.message;
  }
}
