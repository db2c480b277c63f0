// Why a run stopped, and what to do before resuming.
import type { StopReason } from "../run/progress.ts";
import { safeParams } from "./escape.ts";
import { formatCost, formatNumber } from "./format.ts";
import type { Catalogue } from "./messages/en.ts";

/** The reason as a phrase without a full stop; safe to print. */
export function renderStopReason(stop: StopReason, catalogue: Catalogue): string {
  return reasonOf(safeParams(stop), catalogue).replace(/[.。]$/, "");
}

function reasonOf(stop: StopReason, { summary, common, causes }: Catalogue): string {
  const { reasons } = summary;
  switch (stop.kind) {
    case "limit":
      return reasons.limit;
    case "max-failures":
      return reasons.maxFailures(stop.failures, stop.allowed);
    case "max-time":
      return reasons.maxTime(common.duration(stop.ms));
    case "budget":
      return stop.budget === "cost"
        ? reasons.cost(formatCost(stop.spent), formatCost(stop.allowed))
        : reasons.tokens(formatNumber(stop.spent), formatNumber(stop.allowed));
    case "outside": {
      const [kind, error] = [causes.kind(stop.errorKind), causes.text(stop.error)];
      return stop.item === null ? reasons.outside(kind, error) : reasons.outsideAt(kind, stop.item, error);
    }
    case "none-succeeded":
      return reasons.noneSucceeded(stop.attempted, stop.item, causes.text(stop.error));
    case "input-changed":
      return reasons.inputChanged(stop.path);
    case "disk-full":
      return reasons.diskFull(causes.text(stop.cause));
    case "signal":
      return reasons.signal(stop.signal);
  }
}

/** What to do before resuming; null when nothing has to be done. */
export function stopAdvice(stop: StopReason, { summary, call }: Catalogue): string | null {
  const { advice, causeAdvice } = summary;
  switch (stop.kind) {
    case "limit":
    case "max-time":
    case "signal":
      return null;
    case "input-changed":
      return stop.ofQuery === true ? advice.query : null;
    case "max-failures":
      return advice.maxFailures;
    case "budget":
      return advice.budget(stop.budget === "cost" ? "--max-cost" : "--max-tokens");
    case "outside":
      return hasAdvice(stop.errorKind, causeAdvice) ? causeAdvice[stop.errorKind] : advice.outside;
    case "none-succeeded":
      return advice.noneSucceeded;
    case "disk-full":
      return advice.diskFull(call);
  }
}

function hasAdvice<T extends object>(kind: string, texts: T): kind is keyof T & string {
  return Object.hasOwn(texts, kind);
}
