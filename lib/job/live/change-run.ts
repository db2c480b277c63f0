// What `ckpt set` does: finds the run, sends it the changes, and says what holds. After --stop it waits until the run has ended.
import type { Checkpoint } from "../../checkpoint/checkpoint.ts";
import type { CommonOptions } from "../../cli/common-arguments.ts";
import type { CommandEnd, Context } from "../../cli/context.ts";
import { CkptError, EXIT, isError } from "../../core/errors.ts";
import { jsonLine } from "../../core/json-line.ts";
import { writeStdout } from "../../io/stdout.ts";
import { toLines } from "../../ui/format.ts";
import { type Answered, askChange, askStatus, type ChannelFault } from "../../view/channel/client.ts";
import type { ChangeAnswer, Changes, LiveSettings } from "../../view/channel/contract.ts";
import { optionName, SETTING_NAMES, shownValue } from "./set-options.ts";

/** A run opens its channel when it begins to process items; before, it reads its input. */
const TRIES_MAX = 50;
const RETRY_MS = 100;

/** @param changes none: the settings are shown @throws checkpoint.notRunning, checkpoint.noChannel, usage.cannotSet, usage.badValue */
export async function changeRun(
  checkpoint: Checkpoint,
  changes: Changes,
  { json, quiet }: CommonOptions,
  context: Context,
): Promise<CommandEnd> {
  const { host, catalogue } = context;
  const { live } = catalogue;
  const wantsChange = isChange(changes);
  const answer = await sendChanges(checkpoint, changes, context);
  const notes = await context.notes({ quiet });
  const say = (text: string): void => {
    if (!json) notes.note(text);
  };
  if (changes.stop === true) {
    say(live.isStopping);
    await waitUntilEnded(checkpoint, context);
    say(endText(checkpoint, context));
  } else if (wantsChange) {
    const { paused, ...others } = changes;
    if (Object.keys(others).length > 0) say(live.holds(shownSettings(answer.settings, context)));
    if (isLasting(changes) && answer.recorded) say(live.recorded(catalogue.call("run")));
    if (answer.state === "paused") say(live.isPaused(catalogue.call("set --resume")));
    else if (paused === false) say(live.isRunning);
  }
  if (json)
    writeStdout(
      host.fs,
      Buffer.from(jsonLine(changes.stop === true ? { ...answer, state: "ended" } : answer)),
    );
  else if (!wantsChange) writeStdout(host.fs, Buffer.from(toLines(shownSettings(answer.settings, context))));
  return { exitCode: EXIT.ok };
}

export function isChange(changes: Changes): boolean {
  return Object.keys(changes).length > 0;
}

/** @param changes none: the settings are asked for @throws as changeRun() */
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

/** Asks until somebody answers, while a run has the checkpoint. */
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
      if (tries === TRIES_MAX) throw error;
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

function isLasting({ max_failures: _once, paused: _paused, stop: _stop, ...lasting }: Changes): boolean {
  return Object.keys(lasting).length > 0;
}

export function shownSettings(settings: LiveSettings, { catalogue }: Context): string[] {
  return SETTING_NAMES.map((name) => {
    const value = shownValue(name, settings[name], catalogue) ?? catalogue.live.none;
    return `--${optionName(name)} ${value}`;
  });
}

/** Waits until no process has the checkpoint: everything is saved then. */
export async function waitUntilEnded(checkpoint: Checkpoint, { host }: Context): Promise<void> {
  while (checkpoint.holder() !== null) await host.clock.sleep(RETRY_MS);
}

function endText(checkpoint: Checkpoint, { catalogue }: Context): string {
  const status = checkpoint.settled().readableStatus();
  const { live } = catalogue;
  return status === null ? live.ended : live.saved(status.results_saved, status.total, catalogue.call("run"));
}
