// Times of day for people, in the time zone of the browser. The same form in all languages.

const two = (value: number): string => String(value).padStart(2, "0");

/** `14:30:45`, from milliseconds since the epoch. */
export function timeOfDay(atMs: number): string {
  const at = new Date(atMs);
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

/** `2023-05-30 14:30:45`, from an ISO text; another text as it is. */
export function dateAndTime(text: string): string {
  const at = new Date(text);
  if (Number.isNaN(at.getTime())) return text;
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${timeOfDay(at.getTime())}`;
}

/** A short text for an axis: with the day where all of it is longer than one, without seconds where it is longer than ten minutes. */
export function axisTime(atMs: number, spanMs: number): string {
  const text = dateAndTime(new Date(atMs).toISOString());
  if (spanMs > 24 * 3_600_000) return text.slice(5, 16);
  return spanMs > 600_000 ? text.slice(11, 16) : text.slice(11);
}
