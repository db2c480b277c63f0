// Words that stay on one line.

/** `unbroken("p90", "2 ms")` → `p90 2 ms`, with spaces at which no line breaks. */
export function unbroken(...parts: readonly string[]): string {
  return parts.join(" ").replaceAll(" ", "\u00A0");
}
