// The live channel as another process sees it: finds the socket of a running job, and asks.
import type { Checkpoint } from "../../checkpoint/checkpoint.ts";
import { causeText, CkptError, isError } from "../../core/errors.ts";
import { askSocket } from "../../io/socket-client.ts";
import type { BadChange, ChangeAnswer, Changes, LiveStatus, Refusal } from "./contract.ts";

/** The answer to a request: the value, or why the request was refused. */
export type Answered<T> = { readonly ok: T } | { readonly error: ChannelFault };

export type ChannelFault = { readonly code: string; readonly message: string } & Partial<BadChange> &
  Partial<Refusal>;

/** @throws checkpoint.noChannel when nobody answers */
export function askStatus(checkpoint: Checkpoint, signal?: AbortSignal): Promise<Answered<LiveStatus>> {
  return ask(checkpoint, { target: "/status", ...(signal === undefined ? null : { signal }) });
}

/** How long a run has to say what it is doing. */
const ANSWER_MS = 5000;

/** What the run on a checkpoint is doing; null when none runs, or it does not answer within `waitMs`. */
export async function statusIfRunning(
  checkpoint: Checkpoint,
  signal: AbortSignal | null = null,
  waitMs: number = ANSWER_MS,
): Promise<LiveStatus | null> {
  const late = AbortSignal.timeout(waitMs);
  try {
    const answered = await askStatus(checkpoint, signal === null ? late : AbortSignal.any([signal, late]));
    return "ok" in answered ? answered.ok : null;
  } catch (error) {
    if (isError(error, "checkpoint.noChannel")) return null;
    throw error;
  }
}

/** @throws checkpoint.noChannel when nobody answers */
export function askChange(checkpoint: Checkpoint, changes: Changes): Promise<Answered<ChangeAnswer>> {
  return ask(checkpoint, { target: "/settings", body: changes });
}

async function ask<T>(
  checkpoint: Checkpoint,
  request: Parameters<typeof askSocket>[1],
): Promise<Answered<T>> {
  try {
    const response = await askSocket(checkpoint.socket(), request);
    const value = (await response.json()) as T & { readonly error: ChannelFault };
    return response.ok ? { ok: value } : { error: value.error };
  } catch (error) {
    const { dir } = checkpoint.paths;
    throw new CkptError("checkpoint.noChannel", { dir, cause: causeText(error) }, { cause: error });
  }
}
