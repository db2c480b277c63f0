// Results that a session takes over before its first attempt: those of another tool (`--import`), and those of other shards (`--reshard-from`).
import type { Session } from "../../checkpoint/locked-checkpoint.ts";
import type { Plan } from "../../core/plan.ts";
import { NO_USAGE } from "../../core/status.ts";
import { saveWithPatience } from "../../run/saver.ts";
import { spentText } from "../../ui/spent.ts";
import { addImports, countImports, type Imports, willImport } from "../imports/imports.ts";
import type { RunSetup } from "../run-setup.ts";
import { takeOver } from "../shards/reshard.ts";
import { recordLastingWords, type SessionOptions } from "./begin-session.ts";

/** Makes records of the results of another tool, and commits them, before the first attempt. @returns how many */
export async function importResults(
  setup: RunSetup,
  session: Session,
  imports: Imports | null,
  plan: Plan,
): Promise<number> {
  if (imports === null) return 0;
  const { context, reporter } = setup;
  const { clock } = context.host;
  const { imports: texts, common } = context.catalogue;
  const { imported, already } = countImports(imports, plan);
  if (imported > 0) {
    const save = (write: () => Promise<void> | void): Promise<void> =>
      saveWithPatience(session, clock, write, (maxMs) => reporter.note(texts.held(common.duration(maxMs))));
    await addImports(imports, session, plan, clock.now(), save);
    recordLastingWords(setup, session);
    await save(() => session.commit());
  }
  reporter.note(texts.imported(imported, already));
  return imported;
}

/** Copies the results of other shards, and commits them, before the first attempt. */
export async function takeOverShards(
  setup: RunSetup,
  session: Session,
  { takenOver: taken, imports: toImport }: SessionOptions,
  plan: Plan,
): Promise<void> {
  if (taken === null) return;
  const { context, reporter } = setup;
  const { sharding, imports, common } = context.catalogue;
  let spent = NO_USAGE;
  if (taken.units.length > 0) {
    const save = (write: () => Promise<void> | void): Promise<void> =>
      saveWithPatience(session, context.host.clock, write, (maxMs) =>
        reporter.note(imports.held(common.duration(maxMs))),
      );
    spent = await takeOver(taken, session, save);
    if (!willImport(toImport, plan)) recordLastingWords(setup, session);
    await save(() => session.commit());
  }
  reporter.note(sharding.takenOver(taken.units.length, spentText(spent, context.catalogue)));
}
