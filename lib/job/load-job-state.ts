// What a run finds: recovers the checkpoint, opens the input, and joins the two.
import type { LockedFolder } from "../checkpoint/folder.ts";
import { recover, type Recovered } from "../checkpoint/log/recovery.ts";
import { readReceipt } from "../checkpoint/backup/receipt.ts";
import { endSurvivors } from "../io/survivors.ts";
import { renderRemark } from "../ui/render-plan.ts";
import type { JobState, RunSetup } from "./run-setup.ts";
import { type ReadyInput, readyInput } from "./job-input.ts";
import { earlierInputs } from "./input-reading.ts";
import { joinFor } from "./join-records.ts";

/** Recovers, opens the input and joins the two. @param again the input, when it is open already */
export async function loadJobState(
  setup: RunSetup,
  folder: LockedFolder,
  again: ReadyInput | null,
): Promise<JobState> {
  const { context, processor, reporter } = setup;
  const { fs } = context.host;
  const { paths } = folder;
  const ready = again ?? (await openedInput(setup, folder));
  const join = await joinFor(setup, paths, ready.input);
  const recovered = recover(fs, paths, join.visit);
  if (recovered !== null) {
    const texts = context.catalogue.run;
    const { quarantinedBytes, adopted } = recovered;
    if (quarantinedBytes > 0) reporter.note(texts.tornTail(`${quarantinedBytes} B`));
    if (adopted > 0) reporter.note(texts.recovered(adopted));
  }
  await endWhatIsLeft(setup, folder, recovered);
  return { ready, recovered, work: await join.finish(processor) };
}

async function openedInput(setup: RunSetup, { paths }: LockedFolder): Promise<ReadyInput> {
  const { context, settings, source, processor, fingerprint, reporter } = setup;
  const { host } = context;
  const earlier = earlierInputs(host.fs, paths, fingerprint, settings.resume);
  const ready = await readyInput(source, processor, host, paths, earlier, null);
  if (ready.remark !== null)
    reporter.note(renderRemark(ready.remark.what, ready.remark.path, context.catalogue));
  return ready;
}

/** A run may have been killed after its last commit, too, even after its checkpoint was moved: the state tells nothing here. */
async function endWhatIsLeft(
  { context, reporter }: RunSetup,
  { paths }: LockedFolder,
  recovered: Recovered | null,
): Promise<void> {
  const { fs, clock } = context.host;
  const nonce = recovered?.status.session.nonce ?? readReceipt(fs, paths)?.nonce ?? "";
  const ended = await endSurvivors(nonce, clock);
  if (ended > 0) reporter.note(context.catalogue.run.survivorsEnded(ended));
}
