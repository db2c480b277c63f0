// Dates and times for people, in the time zone of the browser. They have the same form in both languages.

const two = (value: number): string => String(value).padStart(2, "0");

/** `14:30:45`, from milliseconds since the epoch. */
export function timeOfDay(atMs: number): string {
  const at = new Date(atMs);
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

/** `2023-05-30 14:30:45`, from an ISO text; any other text is returned as it is. */
export function dateAndTime(text: string): string {
  const at = new Date(text);
  if (Number.isNaN(at.getTime())) return text;
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${timeOfDay(at.getTime())}`;
}

/** A short text for a plot's axis: with the date if the plot spans more than a day, without seconds if it spans more than ten minutes. */
export function axisTime(atMs: number, spanMs: number): string {
  const text = dateAndTime(new Date(atMs).toISOString());
  if (spanMs > 24 * 3_600_000) return text.slice(5, 16);
  return spanMs > 600_000 ? text.slice(11, 16) : text.slice(11);
}
