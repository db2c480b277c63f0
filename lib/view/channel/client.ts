// The live channel as another process sees it: finds the socket of a running job, and asks.
import type { Checkpoint } from "../../checkpoint/checkpoint.ts";
import { type ChannelProblem, CkptError, isError, systemCode } from "../../core/errors.ts";
import { askSocket, type SocketRequest } from "../../io/socket-client.ts";
import type { BadChange, ChangeAnswer, Changes, LiveStatus, Refusal } from "./contract.ts";

/** The answer to a request: the value, or why the request was refused. */
export type Answered<T> = { readonly ok: T } | { readonly error: ChannelFault };

export type ChannelFault = { readonly code: string; readonly message: string } & Partial<BadChange> &
  Partial<Refusal>;

/** How long a run has to answer. One that was stopped with ^Z still accepts connections. A change is on disk before it is confirmed. */
const STATUS_MS_MAX = 5000;
const CHANGE_MS_MAX = 10_000;

/** @throws checkpoint.noChannel when nobody answers */
export function askStatus(checkpoint: Checkpoint): Promise<Answered<LiveStatus>> {
  return ask(checkpoint, { target: "/status" }, STATUS_MS_MAX, isStatus);
}

/** What the run on a checkpoint is doing; null when none runs, or it does not answer within `waitMs`. */
export async function statusIfRunning(
  checkpoint: Checkpoint,
  signal: AbortSignal | null = null,
  waitMs: number = STATUS_MS_MAX,
): Promise<LiveStatus | null> {
  try {
    const answered = await ask(checkpoint, { target: "/status" }, waitMs, isStatus, signal);
    return "ok" in answered ? answered.ok : null;
  } catch (error) {
    if (isError(error, "checkpoint.noChannel")) return null;
    throw error;
  }
}

/** @throws checkpoint.noChannel when nobody answers */
export function askChange(checkpoint: Checkpoint, changes: Changes): Promise<Answered<ChangeAnswer>> {
  return ask(checkpoint, { target: "/settings", body: changes }, CHANGE_MS_MAX, isChangeAnswer);
}

/** @param isAnswer whether a value is what this version answers: another version may be there, or a stranger */
async function ask<T>(
  checkpoint: Checkpoint,
  request: SocketRequest,
  waitMs: number,
  isAnswer: (value: unknown) => value is T,
  ended: AbortSignal | null = null,
): Promise<Answered<T>> {
  const late = AbortSignal.timeout(waitMs);
  const signal = ended === null ? late : AbortSignal.any([ended, late]);
  const unreachable = (problem: ChannelProblem, cause?: unknown): CkptError => {
    const { dir } = checkpoint.paths;
    const pid = checkpoint.holder()?.pid ?? null;
    return new CkptError("checkpoint.noChannel", { dir, pid, problem, waitedS: waitMs / 1000 }, { cause });
  };
  try {
    const response = await askSocket(checkpoint.socket(), { ...request, signal });
    const value: unknown = await response.json();
    if (response.ok && isAnswer(value)) return { ok: value };
    if (!response.ok && isFault(value)) return value;
  } catch (error) {
    throw unreachable(late.aborted ? "silent" : problemOf(error), error);
  }
  throw unreachable("foreign");
}

function problemOf(error: unknown): ChannelProblem {
  if (error instanceof SyntaxError) return "foreign";
  return systemCode(error) === "EACCES" ? "forbidden" : "absent";
}

function isStatus(value: unknown): value is LiveStatus {
  return isObject(value) && value["v"] === 1 && isObject(value["settings"]);
}

function isChangeAnswer(value: unknown): value is ChangeAnswer {
  return isObject(value) && typeof value["state"] === "string" && isObject(value["settings"]);
}

function isFault(value: unknown): value is { readonly error: ChannelFault } {
  return isObject(value) && isObject(value["error"]) && typeof value["error"]["code"] === "string";
}

function isObject(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === "object" && value !== null;
}
