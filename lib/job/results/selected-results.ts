// The results of a job without those of items that its selection does not choose: other choices of the same session have left them, and they are not what the job
// is about now. The input is read only where there are such results.
import type { Checkpoint } from "../../checkpoint/checkpoint.ts";
import type { KeptResults } from "../../core/result-source.ts";
import type { Input } from "../../input/input.ts";
import type { ChosenResults } from "./chosen-results.ts";
import { recordedInput } from "../input/recorded-input.ts";
import { plannedResults } from "../plan/join-records.ts";

/** @throws checkpoint.damaged, input.* */
export async function selectedResults({
  source,
  keeper,
}: Pick<ChosenResults, "source" | "keeper">): Promise<KeptResults> {
  if (source.job.selection === undefined || !hasOthers(source)) return source;
  return source.only(await placesInInput(keeper, source));
}

/**
 * Where the valid results of the items stand that the job is about as it is now, ascending: not those of items that are not in the input any more, have changed, or are
 * not chosen.
 * @throws checkpoint.damaged, input.*
 */
export async function placesInInput(keeper: Checkpoint, source: KeptResults): Promise<Float64Array> {
  const { selection = null } = source.job;
  const plan = await plannedResults(source, await inputOfResults(keeper, source), selection);
  let count = 0;
  const places = new Float64Array(plan.withResult);
  for (let unit = 0; unit < plan.count; unit++) {
    const place = plan.offset(unit);
    if (place !== null) places[count++] = place;
  }
  return places.subarray(0, count).sort();
}

/** Whether there may be results of items that are not chosen, or not in the input any more. */
export function hasOthers({ gone }: KeptResults): boolean {
  return gone > 0;
}

/** The input of results, as it is now. @param keeper where they are kept @throws input.* */
export function inputOfResults(
  keeper: Checkpoint,
  { job, keptInput, recorded }: Pick<KeptResults, "job" | "keptInput" | "recorded">,
): Promise<Input> {
  return recordedInput(recorded, ownFiles(keeper, job), keptInput, keeper.fs);
}

/** What no pattern of an input matches. */
export function ownFiles({ paths }: Checkpoint, { output }: KeptResults["job"]): readonly string[] {
  return [paths.dir, ...(output === null ? [] : [output.path])];
}
