// `--notify`: runs a shell text when a run has ended, with the summary as JSON on its standard input. Its failure is a warning, and changes nothing.
import { jsonLine } from "../../core/json-line.ts";
import { Children, type ChildEnd } from "../../io/child.ts";
import { inheritedOf } from "../../processors/command/child-attempts.ts";
import { shellCommand } from "../../processors/command/shell.ts";
import { withReason } from "../../processors/outcomes.ts";
import { safeText } from "../../ui/escape.ts";
import type { RunEndReport } from "./error-summary.ts";
import type { RunSetup } from "../run-setup.ts";

const LIMIT_MS = 30_000;
/** The longest quotation of a failure, in columns. */
const REASON_COLUMNS = 400;

/** Runs the command, unless there is none or the run had nothing to do. @param limitMs how long the command may take */
export async function notify(
  { context, settings, reporter }: Pick<RunSetup, "context" | "settings" | "reporter">,
  summary: RunEndReport,
  limitMs: number = LIMIT_MS,
): Promise<void> {
  if (settings.notify === null || summary.outcome === "already_complete") return;
  const { host, catalogue } = context;
  const stop = new AbortController();
  const undo = host.onSignal(() => stop.abort("kill"));
  const children = new Children();
  try {
    const end = await children.run(
      {
        ...shellCommand(settings.notify),
        env: inheritedOf(host.env),
        input: jsonLine(summary),
        timeoutMs: limitMs,
        maxOutputBytes: null,
        signal: stop.signal,
        leavesOthers: true, // as programs that send mail in the background
      },
      summary.session_id,
    );
    const late = catalogue.run.notInTime(catalogue.common.duration(limitMs));
    const why = end.end === "timeout" ? withReason(late, end.stderr) : failureOf(end);
    if (why !== null)
      reporter.warn(catalogue.run.notNotified(safeText(catalogue.causes.text(why), REASON_COLUMNS)));
  } finally {
    undo();
  }
}

/** Why the command failed; null when it did not, or was stopped by a signal to ckpt. */
function failureOf(end: Exclude<ChildEnd, { readonly end: "timeout" }>): string | null {
  switch (end.end) {
    case "exited":
      return end.status === 0 ? null : withReason(`exit status ${end.status}`, end.stderr);
    case "signalled":
      return withReason(`ended by ${end.signal}`, end.stderr);
    case "aborted":
    case "output_too_large": // it has no limit
      return null;
    case "not_started":
      return end.message;
  }
}
