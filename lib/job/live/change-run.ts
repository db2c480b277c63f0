// `ckpt set`: finds the run, sends it the changes, and says what holds then. After --stop it waits until the run has ended.
import type { Checkpoint, Owner } from "../../checkpoint/checkpoint.ts";
import type { Clock } from "../../io/clock.ts";
import type { CommonOptions } from "../../cli/common-arguments.ts";
import type { CommandEnd, Context } from "../../cli/context.ts";
import { CkptError, EXIT, isError } from "../../core/errors.ts";
import { jsonLine } from "../../core/json-line.ts";
import { writeStdout } from "../../io/stdout.ts";
import { toLines } from "../../ui/format.ts";
import { type Answered, askChange, askStatus, type ChannelFault } from "../../view/channel/client.ts";
import type { ChangeAnswer, Changes, LiveSettings } from "../../view/channel/contract.ts";
import { optionName, SETTING_NAMES, shownValue } from "./set-options.ts";

/** How long to ask a run that does not answer yet: it opens its channel only when it has read its input and begins to process items. */
const TRIES_MAX = 50;
const RETRY_MS = 100;

/** Without any changes, shows the settings. @throws checkpoint.notRunning, checkpoint.noChannel, usage.cannotSet, usage.badValue */
export async function changeRun(
  checkpoint: Checkpoint,
  changes: Changes,
  { json, quiet }: CommonOptions,
  context: Context,
): Promise<CommandEnd> {
  const { host, catalogue } = context;
  const { live } = catalogue;
  const owner = checkpoint.holder();
  const answer = await sendChanges(checkpoint, changes, context);
  const notes = await context.notes({ quiet });
  const say = (text: string): void => {
    if (!json) notes.note(text);
  };
  if (changes.stop === true) {
    say(live.isStopping);
    await waitUntilEnded(checkpoint, owner, host.clock);
    say(endText(checkpoint, context));
  } else if (isChange(changes)) {
    const { settings, run } = changeTexts(changes, answer, context);
    if (settings !== null) say(settings);
    if (isLasting(changes) && answer.recorded) say(live.recorded(catalogue.call("run")));
    if (run !== null) say(run);
  }
  if (json) writeStdout(host.fs, Buffer.from(jsonLine(answerJson(changes, answer))));
  else if (!isChange(changes))
    writeStdout(host.fs, Buffer.from(toLines(shownSettings(answer.settings, context))));
  return { exitCode: EXIT.ok };
}

/** What holds after a change: of the settings, and whether the run is paused or runs again; null when the change is not about that. */
export function changeTexts(
  { paused, stop: _stop, ...settings }: Changes,
  answer: ChangeAnswer,
  context: Context,
): { readonly settings: string | null; readonly run: string | null } {
  const { live, call } = context.catalogue;
  const changesSettings = Object.keys(settings).length > 0;
  return {
    settings: changesSettings ? live.holds(shownSettings(answer.settings, context)) : null,
    run:
      answer.state === "paused"
        ? live.isPaused(call("set --resume"))
        : paused === false
          ? live.isRunning
          : null,
  };
}

/** The answer as programs get it: after --stop the run has ended. */
export function answerJson({ stop }: Changes, answer: ChangeAnswer): object {
  return stop === true ? { ...answer, state: "ended" } : answer;
}

export function isChange(changes: Changes): boolean {
  return Object.keys(changes).length > 0;
}

/** Without any changes, asks for the settings. @throws as changeRun() */
export async function sendChanges(
  checkpoint: Checkpoint,
  changes: Changes,
  context: Context,
): Promise<ChangeAnswer> {
  const answered = await askUntilAnswered(checkpoint, context, () =>
    isChange(changes) ? askChange(checkpoint, changes) : presentSettings(checkpoint),
  );
  if ("error" in answered) throw refusalError(answered.error, changes);
  return answered.ok;
}

async function presentSettings(checkpoint: Checkpoint): Promise<Answered<ChangeAnswer>> {
  const answered = await askStatus(checkpoint);
  if ("error" in answered) return answered;
  const { state, settings } = answered.ok;
  return { ok: { state, settings, recorded: false } };
}

/** Asks again and again until the run answers, as long as a process has the checkpoint. */
async function askUntilAnswered<T>(
  checkpoint: Checkpoint,
  { host }: Context,
  ask: () => Promise<Answered<T>>,
): Promise<Answered<T>> {
  for (let tries = 1; ; tries++) {
    try {
      return await ask();
    } catch (error) {
      if (!isError(error, "checkpoint.noChannel")) throw error;
      if (checkpoint.holder() === null)
        throw new CkptError(
          "checkpoint.notRunning",
          { dir: checkpoint.paths.dir, shard: null },
          { cause: error },
        );
      if (error.params.problem !== "absent" || tries === TRIES_MAX) throw error;
      await host.clock.sleep(RETRY_MS);
    }
  }
}

function refusalError(fault: ChannelFault, changes: Changes): CkptError {
  const { setting, key, reason, kind, expected = fault.message } = fault;
  if (setting !== undefined && reason !== undefined) {
    const option = setting === "paused" ? "--pause" : `--${optionName(setting)}`;
    const most = "most" in fault && typeof fault.most === "number" ? fault.most : null;
    return new CkptError("usage.cannotSet", { option, kind: kind ?? "", reason, most });
  }
  const name = SETTING_NAMES.find((one) => one === key);
  const option = name === undefined ? (key ?? fault.code) : `--${optionName(name)}`;
  const value = name === undefined ? "" : String(changes[name]);
  return new CkptError("usage.badValue", { option, value, expected });
}

/** Whether the changes also hold for later runs, when they are on record. */
function isLasting({ max_failures: _once, paused: _paused, stop: _stop, ...lasting }: Changes): boolean {
  return Object.keys(lasting).length > 0;
}

/** All settings, each as an option with its value. */
export function shownSettings(settings: LiveSettings, { catalogue }: Context): string[] {
  return SETTING_NAMES.map((name) => {
    const value = shownValue(name, settings[name], catalogue) ?? catalogue.live.none;
    return `--${optionName(name)} ${value}`;
  });
}

/**
 * Waits until a process has the checkpoint no longer: everything is saved then. Another one may have it by then.
 * @param run the process; null: whichever has it
 */
export async function waitUntilEnded(
  checkpoint: Pick<Checkpoint, "holder">,
  run: Owner | null,
  clock: Clock,
): Promise<void> {
  for (;;) {
    const holder = checkpoint.holder();
    if (holder === null) return;
    if (run !== null && (holder.pid !== run.pid || holder.started_at !== run.started_at)) return;
    await clock.sleep(RETRY_MS);
  }
}

function endText(checkpoint: Checkpoint, { catalogue }: Context): string {
  const status = checkpoint.settled().readableStatus();
  const { live } = catalogue;
  return status === null ? live.ended : live.saved(status.results_saved, status.total, catalogue.call("run"));
}
