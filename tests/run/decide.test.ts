// All cases of what becomes of a checkpoint that was found.
import { describe, expect, test } from "bun:test";
import type { PlanCounts } from "../../lib/core/plan-counts.ts";
import { decide, type Decision, type FoundCheckpoint, type DecisionOptions } from "../../lib/run/decide.ts";

const COUNTS: PlanCounts = {
  total: 10,
  done: 4,
  failed: 0,
  retry: 0,
  fresh: 6,
  changed: 0,
  rerun: 0,
  gone: 0,
  pending: 6,
};
const FOUND: FoundCheckpoint = {
  counts: COUNTS,
  records: 4,
  succeeded: 4,
  imported: 0,
  inputChanged: false,
  passedOver: false,
  changes: [],
};
const SCRIPT: DecisionOptions = {
  resume: null,
  onChange: "ask",
  failed: null,
  rerun: false,
  yes: false,
  interactive: false,
};
const TERMINAL: DecisionOptions = { ...SCRIPT, interactive: true };
const CHANGED = { ...FOUND, changes: [{ name: "prompt", before: "a", after: "b" }] };
const OTHER = { ...FOUND, counts: { ...COUNTS, done: 0, gone: 4, fresh: 10 }, inputChanged: true };
const FAILURES = { ...FOUND, counts: { ...COUNTS, done: 8, failed: 2, retry: 2, fresh: 0 } };
const EMPTY = { ...FOUND, counts: { ...COUNTS, done: 0, fresh: 10 }, records: 0, succeeded: 0 };
const UNSUCCESSFUL = { ...CHANGED, counts: { ...COUNTS, done: 0, failed: 4, retry: 4 }, succeeded: 0 };
const FAILED_OTHER = { ...OTHER, succeeded: 0 };

const unprotected = (isAnother: boolean): Decision => ({ kind: "nothing-to-protect", isAnother });
const GO: Decision = { kind: "continue", retryFailed: true };
const RESTART: Decision = { kind: "restart" };
const ask = (about: "resume" | "changed" | "failures" | "other-job"): Decision => ({ kind: "ask", about });
const refuse = (why: "changed" | "other-job"): Decision => ({ kind: "refuse", why });

type Row = readonly [string, FoundCheckpoint, DecisionOptions, Decision];

const ROWS: readonly Row[] = [
  ["unfinished, a script", FOUND, SCRIPT, GO],
  ["unfinished, a terminal", FOUND, TERMINAL, ask("resume")],
  ["unfinished, --resume", FOUND, { ...TERMINAL, resume: true }, GO],
  ["unfinished, --yes", FOUND, { ...TERMINAL, yes: true }, GO],
  ["unfinished, --no-resume", FOUND, { ...TERMINAL, resume: false }, RESTART],
  ["unfinished, --failed keep", FOUND, { ...SCRIPT, failed: "keep" }, { ...GO, retryFailed: false }],
  ["another input that fits, a script", { ...FOUND, inputChanged: true }, SCRIPT, GO],
  ["another input that fits, a terminal", { ...FOUND, inputChanged: true }, TERMINAL, ask("resume")],
  ["only failures left, a script", FAILURES, SCRIPT, GO],
  ["only failures left, a terminal", FAILURES, TERMINAL, ask("failures")],
  ["only failures left, --failed retry", FAILURES, { ...TERMINAL, failed: "retry" }, GO],
  ["only failures left, --yes", FAILURES, { ...TERMINAL, yes: true }, GO],
  ["changed, a script", CHANGED, SCRIPT, refuse("changed")],
  ["changed, a script with --yes", CHANGED, { ...SCRIPT, yes: true }, refuse("changed")],
  ["changed, a script with --resume", CHANGED, { ...SCRIPT, resume: true }, refuse("changed")],
  ["changed, a terminal", CHANGED, TERMINAL, ask("changed")],
  ["changed, a terminal with --yes", CHANGED, { ...TERMINAL, yes: true }, ask("changed")],
  ["changed, --on-change refuse", CHANGED, { ...TERMINAL, onChange: "refuse" }, refuse("changed")],
  ["changed, --on-change keep", CHANGED, { ...TERMINAL, onChange: "keep" }, GO],
  ["changed, all successes imported", { ...CHANGED, imported: 4 }, SCRIPT, GO],
  ["changed, all but one success imported", { ...CHANGED, imported: 3 }, SCRIPT, refuse("changed")],
  ["another job, all successes imported", { ...OTHER, imported: 4 }, SCRIPT, refuse("other-job")],
  ["changed, --no-resume", CHANGED, { ...SCRIPT, resume: false }, RESTART],
  [
    "only answers that are not wanted any more, a script",
    { ...OTHER, inputChanged: false, counts: { ...OTHER.counts, beyond: 4 } },
    SCRIPT,
    GO,
  ],
  ["another job, a script", OTHER, SCRIPT, refuse("other-job")],
  ["another job, a script with --yes", OTHER, { ...SCRIPT, yes: true }, refuse("other-job")],
  ["another job, --on-change keep", OTHER, { ...SCRIPT, onChange: "keep" }, refuse("other-job")],
  ["another job, a terminal", OTHER, TERMINAL, ask("other-job")],
  ["another job, --no-resume", OTHER, { ...SCRIPT, resume: false }, RESTART],
  ["only failures, changed, a script", UNSUCCESSFUL, SCRIPT, unprotected(false)],
  ["only failures, changed, a terminal", UNSUCCESSFUL, TERMINAL, unprotected(false)],
  ["only failures, changed, --failed keep", UNSUCCESSFUL, { ...SCRIPT, failed: "keep" }, unprotected(false)],
  ["only failures, changed, --on-change keep", UNSUCCESSFUL, { ...SCRIPT, onChange: "keep" }, GO],
  [
    "only failures, changed, --on-change refuse",
    UNSUCCESSFUL,
    { ...SCRIPT, onChange: "refuse" },
    refuse("changed"),
  ],
  ["only failures, changed, --no-resume", UNSUCCESSFUL, { ...SCRIPT, resume: false }, RESTART],
  ["only failures, nothing changed", { ...UNSUCCESSFUL, changes: [] }, TERMINAL, ask("resume")],
  ["another job's failures, a script", FAILED_OTHER, SCRIPT, unprotected(true)],
  ["another job's failures, a terminal", FAILED_OTHER, TERMINAL, unprotected(true)],
  [
    "another job's failures, --on-change refuse",
    FAILED_OTHER,
    { ...SCRIPT, onChange: "refuse" },
    refuse("other-job"),
  ],
  ["nothing recorded, nothing changed", EMPTY, TERMINAL, GO],
  ["nothing recorded, another input", { ...EMPTY, inputChanged: true }, SCRIPT, RESTART],
  ["nothing recorded, another fingerprint", { ...EMPTY, changes: CHANGED.changes }, SCRIPT, RESTART],
];

describe("decide", () => {
  for (const [name, found, options, decision] of ROWS) {
    test(name, () => expect(decide(found, options)).toEqual(decision));
  }

  test("whatever is wished for, a script is never asked and a changed fingerprint never mixed in unasked", () => {
    for (const found of [FOUND, CHANGED, OTHER, FAILURES, EMPTY])
      for (const resume of [null, true, false])
        for (const onChange of ["ask", "refuse", "keep"] as const)
          for (const failed of [null, "retry", "keep"] as const)
            for (const yes of [true, false]) {
              const { kind } = decide(found, {
                resume,
                onChange,
                failed,
                rerun: false,
                yes,
                interactive: false,
              });
              expect(kind).not.toBe("ask");
              if (found === CHANGED && onChange !== "keep") expect(kind).not.toBe("continue");
            }
  });
});
