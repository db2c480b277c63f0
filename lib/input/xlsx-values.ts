// Values of cells as JSON text: numbers with the digits that the file has, dates and times as ISO text.

/** Which part of a date and time a format shows; `elapsed`: hours that go on beyond 24. */
export type DateKind = "date" | "time" | "datetime" | "elapsed";

/**
 * What a number format shows of a date (ECMA-376, part 1, 18.8.30): by its number where that is built in, else by its code.
 * @param code of a format of the book's own
 */
export function dateKindOf(id: number, code: string | undefined): DateKind | null {
  if (code !== undefined) return kindOfCode(code);
  if (id === 22) return "datetime";
  if (id === 46) return "elapsed";
  if ((id >= 18 && id <= 21) || id === 45 || id === 47 || (id >= 32 && id <= 35) || id === 55 || id === 56)
    return "time";
  return (id >= 14 && id <= 17) || (id >= 27 && id <= 36) || (id >= 50 && id <= 58) ? "date" : null;
}

function kindOfCode(code: string): DateKind | null {
  // The first section is that of positive numbers; what is quoted or escaped is text.
  const [section = ""] = code.replaceAll(/"[^"]*"|\\.|_.|\*./g, "").split(";");
  if (/\[(?:h+|m+|s+)\]/i.test(section)) return "elapsed";
  const plain = section.replaceAll(/\[[^\]]*\]/g, "");
  if (/general/i.test(plain)) return null;
  const hasTime = /[hs]|am\/pm|a\/p/i.test(plain);
  const letters = plain.replaceAll(/am\/pm|a\/p/gi, "");
  const hasDate = /[dy]/i.test(letters) || (!hasTime && /m/i.test(letters));
  if (hasDate) return hasTime ? "datetime" : "date";
  return hasTime ? "time" : null;
}

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** JSON text of a number as the file has it; of what is none, that text. */
export function numberText(written: string): string {
  if (NUMBER.test(written)) return written;
  const value = Number(written);
  return written.trim() !== "" && Number.isFinite(value) ? JSON.stringify(value) : JSON.stringify(written);
}

const DAY_MS = 86_400_000;
/** 1899-12-30, from which days are counted since 1900-03-01; before that, Excel counts a day that never was. */
const EPOCH_1900_MS = Date.UTC(1899, 11, 30);
const EPOCH_1904_MS = Date.UTC(1904, 0, 1);
const LEAP_DAY = 60;
/** 9999-12-31, the last day there is. */
const DAY_MAX = 2_958_465;

/** A number of days as ISO text, as far as its format, or the number itself, has a date or a time. Null: it is no date. */
export function dateText(days: number, kind: DateKind, is1904: boolean): string | null {
  if (!Number.isFinite(days) || days < 0 || days > DAY_MAX) return null;
  // Times are kept to the millisecond; a fraction of a day is only nearly that.
  const ms = Math.round(days * DAY_MS);
  const day = Math.floor(ms / DAY_MS);
  if (kind === "elapsed") return timeText(ms);
  if (kind === "time" && day === 0) return timeText(ms);
  const date = dayText(day, is1904);
  const inDay = ms - day * DAY_MS;
  return kind === "date" && inDay === 0 ? date : `${date}T${timeText(inDay)}`;
}

function dayText(day: number, is1904: boolean): string {
  const iso = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
  if (is1904) return iso(EPOCH_1904_MS + day * DAY_MS);
  if (day === LEAP_DAY) return "1900-02-29";
  return iso(EPOCH_1900_MS + (day < LEAP_DAY ? day + 1 : day) * DAY_MS);
}

function timeText(ms: number): string {
  const two = (part: number): string => String(Math.floor(part)).padStart(2, "0");
  const clock = `${two(ms / 3_600_000)}:${two((ms / 60_000) % 60)}:${two((ms / 1000) % 60)}`;
  return ms % 1000 === 0 ? clock : `${clock}.${String(ms % 1000).padStart(3, "0")}`;
}
