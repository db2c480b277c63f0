// Formats numbers for people. Independent of the machine's locale, so that all machines print the same.
import { percentOf } from "../core/percent.ts";

/** `1319` → `1,319`; a fraction is rounded to `digits` places. */
export function formatNumber(value: number, digits = 0): string {
  const [whole = "0", fraction] = Math.abs(value).toFixed(digits).split(".");
  const grouped = whole.replace(/\B(?=(?:\d{3})+$)/g, ",");
  const sign = value < 0 && Number(value.toFixed(digits)) !== 0 ? "-" : "";
  return sign + (fraction === undefined ? grouped : `${grouped}.${fraction}`);
}

/** `50, 100` → `50.0%`. */
export function formatPercent(completed: number, total: number): string {
  return `${percentOf(completed, total).toFixed(1)}%`;
}

/** `1536` → `1.5 KiB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const units = ["KiB", "MiB", "GiB", "TiB"];
  let value = bytes / 1024;
  let unit = 0;
  // 1023.95 KiB would be rounded to 1,024.0 KiB.
  while (value >= 1023.95 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${formatNumber(value, 1)} ${units[unit]}`;
}

/** Results per second with about three digits: `0`, `0.042`, `1.3`, `12.5`, `1,319`. */
export function formatRate(perS: number): string {
  if (perS === 0) return "0";
  if (perS >= 99.95) return formatNumber(perS);
  if (perS >= 0.995) return formatNumber(perS, 1);
  return perS >= 0.0995 ? formatNumber(perS, 2) : formatNumber(perS, 3);
}

/** Cost in the currency of the given prices, which ckpt does not know: `0.0123`, `12.30`; what four places would show as zero has two digits, `0.000018`. */
export function formatCost(cost: number): string {
  const size = Math.abs(cost);
  if (size === 0 || size >= 1) return formatNumber(cost, 2);
  return formatNumber(cost, size >= 0.00005 ? 4 : Math.min(100, 1 - Math.floor(Math.log10(size))));
}

/** Names of time units, with a leading space if the language has one. */
export type TimeUnits = {
  readonly day: string;
  readonly hour: string;
  readonly minute: string;
  readonly second: string;
  readonly gap: string;
};

/** The two largest units: `0.8s`, `41s`, `12m 5s`, `1h 2m`, `3d 4h`. */
export function formatDuration(ms: number, units: TimeUnits): string {
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)}${units.second}`;
  const total = Math.round(seconds);
  const parts: readonly (readonly [number, string])[] = [
    [Math.floor(total / 86_400), units.day],
    [Math.floor(total / 3600) % 24, units.hour],
    [Math.floor(total / 60) % 60, units.minute],
    [total % 60, units.second],
  ];
  const first = parts.findIndex(([count]) => count > 0);
  return parts
    .slice(first, first + 2)
    .filter(([count], i) => i === 0 || count > 0)
    .map(([count, unit]) => `${count}${unit}`)
    .join(units.gap);
}

/** Each line with a line end. */
export function toLines(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join("");
}
