// The settings that the live channel changes, and the options of `ckpt run` that stand for them.
import type { Changes, LiveSettings, SettingName } from "../../view/channel/contract.ts";
import { safeText } from "../../ui/escape.ts";
import { formatCost, formatNumber } from "../../ui/format.ts";
import type { Catalogue } from "../../ui/messages/en.ts";

const OPTIONS: {
  readonly jobs: "jobs";
  readonly rpm: "rpm";
  readonly tpm: "tpm";
  readonly max_cost: "max-cost";
  readonly max_tokens: "max-tokens";
  readonly max_failures: "max-failures";
  readonly timeout_ms: "timeout";
} = {
  jobs: "jobs",
  rpm: "rpm",
  tpm: "tpm",
  max_cost: "max-cost",
  max_tokens: "max-tokens",
  max_failures: "max-failures",
  timeout_ms: "timeout",
};

/** The settings in the order in which they are shown. */
export const SETTING_NAMES = Object.keys(OPTIONS) as readonly SettingName[];

/** The name of the option, without `--`. */
export function optionName(setting: SettingName): (typeof OPTIONS)[SettingName] {
  return OPTIONS[setting];
}

/** The value as it is typed. */
export function optionValue(setting: SettingName, value: number | string): string {
  if (setting === "timeout_ms") return timeText(Number(value));
  return typeof value === "string" ? value : plain(value);
}

/** A time as it is typed. */
function timeText(ms: number): string {
  return ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`;
}

/** A decimal number without an exponent. */
function plain(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(12).replace(/\.?0+$/, "");
}

/** The value as people read it; null without a limit. */
export function shownValue(
  setting: SettingName,
  value: number | string | null,
  { common }: Catalogue,
): string | null {
  if (value === null || (setting === "timeout_ms" && value === 0)) return null;
  if (typeof value === "string") return safeText(value);
  if (setting === "timeout_ms") return value < 1000 ? timeText(value) : common.duration(value);
  return setting === "max_cost" ? formatCost(value) : formatNumber(value);
}

/** For each changed setting, a text with its option, the new value, and the value before. */
export function shownChanges(changes: Changes, before: LiveSettings, catalogue: Catalogue): string[] {
  const { live } = catalogue;
  return SETTING_NAMES.flatMap((name) => {
    const value = changes[name];
    if (value === undefined) return [];
    const now = shownValue(name, value, catalogue) ?? live.none;
    return [live.option(`--${optionName(name)}`, now, shownValue(name, before[name], catalogue))];
  });
}
