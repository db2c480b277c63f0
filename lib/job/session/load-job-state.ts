// Loads the state of a job: recovers the checkpoint, opens the input, and joins the two.
import type { LockedCheckpoint, Recovered } from "../../checkpoint/locked-checkpoint.ts";
import { endSurvivors } from "../../io/survivors.ts";
import { renderRemark } from "../../ui/render-plan.ts";
import type { JobState, RunSetup } from "../run-setup.ts";
import { type ReadyInput, readyInput } from "../input/ready-input.ts";
import { earlierInputs } from "../input/input-reading.ts";
import { joinFor } from "../plan/join-records.ts";

/** Recovers the checkpoint, opens the input and joins the two. @param again the input, if it is open already */
export async function loadJobState(
  setup: RunSetup,
  checkpoint: LockedCheckpoint,
  again: ReadyInput | null,
): Promise<JobState> {
  const { context, processor, reporter } = setup;
  const ready = again ?? (await openedInput(setup, checkpoint));
  const join = await joinFor(setup, checkpoint, ready.input);
  const recovered = checkpoint.recover(join.visit);
  if (recovered !== null) {
    const texts = context.catalogue.run;
    const { quarantinedBytes, adopted } = recovered;
    if (quarantinedBytes > 0) reporter.note(texts.tornTail(`${quarantinedBytes} B`));
    if (adopted > 0) reporter.note(texts.recovered(adopted));
  }
  await endWhatIsLeft(setup, checkpoint, recovered);
  return { ready, recovered, work: await join.finish(processor) };
}

async function openedInput(setup: RunSetup, checkpoint: LockedCheckpoint): Promise<ReadyInput> {
  const { context, settings, source, processor, fingerprint, reporter } = setup;
  const { host } = context;
  const earlier = earlierInputs(checkpoint, fingerprint, settings.resume);
  const ready = await readyInput(source, processor, host, checkpoint, earlier, null);
  if (ready.remark !== null)
    reporter.note(renderRemark(ready.remark.what, ready.remark.path, context.catalogue));
  return ready;
}

/**
 * Ends leftover processes of an earlier run. A run may be killed even after its last commit or after its checkpoint was moved, so its state does not
 * matter here.
 */
async function endWhatIsLeft(
  { context, reporter }: RunSetup,
  checkpoint: LockedCheckpoint,
  recovered: Recovered | null,
): Promise<void> {
  const { clock } = context.host;
  const nonce = recovered?.status.session.nonce ?? checkpoint.receipt()?.nonce ?? "";
  const ended = await endSurvivors(nonce, clock);
  if (ended > 0) reporter.note(context.catalogue.run.survivorsEnded(ended));
}
