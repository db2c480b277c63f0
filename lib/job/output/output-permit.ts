// Decides whether the run may write its output. This happens before the first attempt: on a terminal it asks, otherwise it refuses. It is checked
// again when the output is written, possibly hours later. The rule is in run/may-replace.ts.
import type { Checkpoint, SessionRecord } from "../../checkpoint/checkpoint.ts";
import { CkptError } from "../../core/errors.ts";
import { isSameFingerprint } from "../../core/fingerprint.ts";
import { isSameInput, type JobFacts } from "../../core/job.ts";
import type { OutputFacts } from "../../core/status.ts";
import { checkOutput, freePath, existingFile } from "../../output/output-file.ts";
import { outputFormatOf } from "../../output/output-format.ts";
import { isOneOf, mayReplace, type Origin, ownOutputs, type ExistingFile } from "../../run/may-replace.ts";
import { inDialogue } from "../../cli/context.ts";
import { type MadeBy, makerOf, shortPath } from "./output-maker.ts";
import { filesOf } from "../input/input-source.ts";
import type { RunSetup } from "../run-setup.ts";
import type { OutputPlace } from "./job-output.ts";
import type { Work } from "../plan/join-records.ts";

export type OutputPermit = {
  readonly place: OutputPlace;
  /** The output facts for the first status of the run. */
  readonly intended: OutputFacts;
  /**
   * Checks the place again, just before the output is renamed into it.
   * @returns SHA-256 of the file that will be replaced; null when there is none, and with `--force`
   * @throws output.appeared when another file is there now
   */
  readonly confirm: () => string | null;
};

export type PermitRequest = {
  readonly setup: RunSetup;
  readonly checkpoint: Checkpoint;
  readonly work: Work;
  readonly origin: Origin;
  /** Session of the current checkpoint; null without one. */
  readonly present: SessionRecord | null;
};

/** What is to be decided about an output before a run starts. */
export type OutputDecision =
  | { readonly kind: "permit"; readonly permit: OutputPermit }
  /** Another file stands there, and there is a terminal to ask on. */
  | {
      readonly kind: "ask";
      readonly place: OutputPlace;
      readonly file: ExistingFile;
      readonly isChosen: boolean;
    }
  | { readonly kind: "refuse"; readonly error: CkptError };

/** @returns "cancel" when the user chose to leave everything as it is @throws output.* */
export async function permitOutput(request: PermitRequest): Promise<OutputPermit | "cancel"> {
  const decision = decideOutput(request, { changesNothing: false });
  switch (decision.kind) {
    case "permit":
      return decision.permit;
    case "ask":
      return askPermit(request, decision.place, decision.file, decision.isChosen);
    case "refuse":
      throw decision.error;
  }
}

/** @throws output.notWritable, output.isInput, output.isCheckpoint */
export function decideOutput(
  request: PermitRequest,
  { changesNothing }: { readonly changesNothing: boolean },
): OutputDecision {
  const { setup, checkpoint, origin } = request;
  const { settings, source, context } = setup;
  const { fs } = context.host;
  const [earlier = null] = ownedOutputs(request);
  const place = placeOf(setup, earlier);
  const isChosen = place.path !== setup.output.path;
  const stands =
    place.path !== "-" && checkOutput(fs, place.path, filesOf(source), checkpoint.paths.dir, !changesNothing);
  const file = stands && !settings.force ? existingFile(fs, place.path) : null;
  if (file === null) return { kind: "permit", permit: permit(request, place, { isChosen }) };
  const own = ownedFiles(request, place);
  switch (mayReplace(file, own, { force: settings.force, interactive: context.interactive() })) {
    case "replace": {
      const { output = null } = origin.session ?? {};
      const isOwn = output !== null && isOneOf([output], file);
      const answer = { isChosen, agreed: isOwn ? null : file.sha256 };
      return { kind: "permit", permit: permit(request, place, answer) };
    }
    case "ask":
      return { kind: "ask", place, file, isChosen };
    case "refuse": {
      const other = shortPath(freePath(fs, file.path), context.host.cwd);
      const { maker, kept } = madeBy(request, file);
      const byNoResume = maker !== null && maker.own && !maker.changed;
      const params = { path: file.path, maker, kept, other, byNoResume };
      return { kind: "refuse", error: new CkptError("output.exists", params) };
    }
  }
}

/** The place of the output. A run without `-o` uses the path that the user chose earlier for the session. */
export function placeOf({ settings, output }: RunSetup, earlier: OutputFacts | null): OutputPlace {
  if (settings.output !== null || earlier?.chosen !== true) return output;
  return { path: earlier.path, format: settings.outputFormat ?? outputFormatOf(earlier.path) };
}

async function askPermit(
  request: PermitRequest,
  place: OutputPlace,
  file: ExistingFile,
  isChosen: boolean,
): Promise<OutputPermit | "cancel"> {
  const { context } = request.setup;
  const { fs, cwd } = context.host;
  const other = freePath(fs, file.path);
  const shown = { path: shortPath(file.path, cwd), other: shortPath(other, cwd) };
  const { askOutput } = await import("../../ui/prompts.ts");
  const facts = { ...shown, ...madeBy(request, file) };
  const answer = await inDialogue(context, (dialogue) => askOutput(dialogue, facts));
  switch (answer) {
    case "cancel":
      return answer;
    case "replace":
      return permit(request, place, { isChosen, agreed: file.sha256 });
    case "other":
      return permit(request, { ...place, path: other }, { isChosen: true });
  }
}

type Answer = {
  /** The user chose this path, now or earlier. */
  readonly isChosen: boolean;
  /** SHA-256 of a foreign file that may be replaced. */
  readonly agreed?: string | null;
};

function permit(request: PermitRequest, place: OutputPlace, answer: Answer): OutputPermit {
  const { setup, origin } = request;
  const confirm = (): string | null => {
    const file = setup.settings.force ? null : existingFile(setup.context.host.fs, place.path);
    if (file === null) return null;
    const isAgreed = file.sha256 !== null && file.sha256 === answer.agreed;
    if (isAgreed || isOneOf(ownedFiles(request, place), file)) return file.sha256;
    const { maker } = madeBy(request, file);
    throw new CkptError("output.appeared", { path: file.path, maker });
  };
  return { place, intended: intendedOutput(origin.session?.output ?? null, place.path, answer), confirm };
}

/** The output facts to record. Facts about a file that the session has written stay until it writes again, or the user chooses another path. */
function intendedOutput(earlier: OutputFacts | null, file: string, answer: Answer): OutputFacts {
  const { isChosen, agreed = null } = answer;
  const isSamePlace = earlier?.path === file;
  if (earlier !== null && earlier.sha256 !== null && agreed === null && (isSamePlace || !isChosen))
    return earlier;
  const before = earlier !== null && isSamePlace ? earlier : { path: file, sha256: null };
  return {
    ...before,
    ...(agreed === null ? {} : { replaces: agreed }),
    ...(isChosen ? { chosen: true } : {}),
  };
}

/** Outputs of this run's session; when it starts over, of all sessions of its job. The newest first. */
function ownedOutputs(request: PermitRequest): readonly OutputFacts[] {
  return ownOutputs(request.origin, sessionsOf(request), (job) => isThisJob(request, job));
}

/** The files that this run may replace without asking: those, and exports of its session to this path. */
function ownedFiles(request: PermitRequest, { path: file }: OutputPlace): readonly OutputFacts[] {
  const { checkpoint, origin } = request;
  const exported = checkpoint.exportedHashes(origin.session?.nonce ?? "", file);
  return [...ownedOutputs(request), ...exported.map((sha256) => ({ path: file, sha256 }))];
}

function sessionsOf({ checkpoint, present }: PermitRequest): readonly SessionRecord[] {
  const recorded = checkpoint.sessions();
  return present === null ? recorded : [present, ...recorded];
}

function isThisJob({ setup, work }: PermitRequest, { fp, input }: Pick<JobFacts, "fp" | "input">): boolean {
  const { source, fingerprint } = setup;
  const own = { path: source.recordedPath, sha256: work.bytes.sha256 };
  return isSameFingerprint({ id: fp }, fingerprint) && isSameInput(input, own);
}

function madeBy(request: PermitRequest, file: ExistingFile): MadeBy {
  const { setup, checkpoint, present } = request;
  return makerOf(setup.context.host, checkpoint, file, present, ({ job }) => isThisJob(request, job));
}
