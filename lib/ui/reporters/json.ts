// Progress as JSON lines, for programs that watch a run: `{"event":"progress",…}` and `{"event":"note",…}`; the command itself adds
// `{"event":"summary",…}`. Fields may be added, never renamed (docs/scripting.md). Nothing here goes through consola, not even notes: a program must
// get each event when it happens, also equal ones.
import { jsonLine } from "../../core/json-line.ts";
import { percentOf } from "../../core/percent.ts";
import type { EndpointNow, OutageNow, Progress, Reporter, WaitReason } from "../../run/progress.ts";
import type { Screen } from "../screen.ts";

/** Shortest time between two progress lines, except the first and the last. */
const LINE_MS_MIN = 1_000;

/** A note as an event. */
export function noteLine(text: string): string {
  return jsonLine({ event: "note", text });
}

function progressLine(progress: Progress): string {
  return jsonLine({ event: "progress", ...progressJson(progress) });
}

export type ProgressJson = {
  readonly total: number;
  readonly completed: number;
  readonly failed: number;
  readonly percent: number;
  readonly left: number;
  readonly done: number;
  readonly in_flight: number;
  readonly saved: number;
  readonly elapsed_ms: number;
  readonly rate_per_s: number | null;
  readonly eta_ms: number | null;
  readonly concurrency: number;
  readonly waiting: WaitReason | null;
  readonly outage: {
    readonly kind: string;
    readonly message: string;
    readonly since: string;
    readonly waited_ms: number;
    readonly max_ms: number;
  } | null;
  readonly endpoints:
    | readonly {
        readonly base_url: string;
        readonly in_flight: number;
        readonly concurrency: number;
        readonly state: EndpointNow["state"];
        readonly error: { readonly kind: string; readonly message: string } | null;
      }[]
    | undefined;
  readonly tokens_per_s: number | undefined;
  readonly cost: number | undefined;
  readonly projected_cost: number | undefined;
};

/** Progress as programs get it, here and on the live channel. */
export function progressJson(progress: Progress): ProgressJson {
  return {
    total: progress.total,
    completed: progress.completed,
    failed: progress.failed,
    percent: percentOf(progress.completed, progress.total),
    left: progress.left,
    done: progress.done,
    in_flight: progress.inFlight,
    saved: progress.saved,
    elapsed_ms: Math.round(progress.elapsedMs),
    rate_per_s: progress.ratePerS,
    eta_ms: progress.etaMs === null ? null : Math.round(progress.etaMs),
    concurrency: progress.concurrency,
    waiting: progress.waiting,
    outage: progress.outage === undefined ? null : outageJson(progress.outage),
    endpoints: progress.endpoints?.map(endpointJson),
    tokens_per_s: progress.tokensPerS,
    cost: progress.cost,
    projected_cost: progress.projectedCost,
  };
}

function endpointJson({
  name,
  inFlight,
  concurrency,
  state,
  error,
}: EndpointNow): NonNullable<ProgressJson["endpoints"]>[number] {
  const reason = error === null ? null : { kind: error.kind, message: error.message };
  return { base_url: name, in_flight: inFlight, concurrency, state, error: reason };
}

function outageJson({ error, sinceMs, waitedMs, maxMs }: OutageNow): NonNullable<ProgressJson["outage"]> {
  return {
    kind: error.kind,
    message: error.message,
    since: new Date(sinceMs).toISOString(),
    waited_ms: Math.round(waitedMs),
    max_ms: maxMs,
  };
}

/** @param quiet leaves notes out */
export function jsonReporter(screen: Screen, quiet: boolean): Reporter {
  let lastAtMs: number | null = null;
  let pending: Progress | null = null;

  const print = (progress: Progress): void => {
    lastAtMs = progress.elapsedMs;
    pending = null;
    screen.write(progressLine(progress));
  };

  return {
    note: (text) => {
      if (!quiet) screen.write(noteLine(text));
    },
    warn: (text) => screen.write(noteLine(text)),
    printed: (line) => screen.write(jsonLine({ event: "module", text: line })),
    update: (progress) => {
      if (lastAtMs === null || progress.elapsedMs - lastAtMs >= LINE_MS_MIN) print(progress);
      else pending = progress;
    },
    // A program must not miss the end of a run.
    clear: () => {
      if (pending !== null) print(pending);
    },
  };
}
