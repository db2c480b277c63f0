// The live channel as another process sees it: finds the socket of a running job, and asks.
import type { Checkpoint } from "../../checkpoint/checkpoint.ts";
import { causeText, CkptError } from "../../core/errors.ts";
import { askSocket } from "../../io/socket-client.ts";
import type { BadChange, ChangeAnswer, Changes, LiveStatus, Refusal } from "./contract.ts";

/** What is answered to a question: the value, or why it was refused. */
export type Answered<T> = { readonly ok: T } | { readonly error: ChannelFault };

export type ChannelFault = { readonly code: string; readonly message: string } & Partial<BadChange> &
  Partial<Refusal>;

/** @throws checkpoint.noChannel when nobody answers */
export function askStatus(checkpoint: Checkpoint, signal?: AbortSignal): Promise<Answered<LiveStatus>> {
  return ask(checkpoint, { target: "/status", ...(signal === undefined ? null : { signal }) });
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
