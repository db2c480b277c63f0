// The texts of a JSON value, for searching: as they are, not as JSON escapes them.

/** JSON text without escapes as it is; otherwise names and values, one a line. */
export function textsInJson(json: string): string {
  return json.includes("\\") ? unescaped(JSON.parse(json)) : json;
}

function unescaped(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value !== "object" || value === null) return String(value);
  return Object.entries(value)
    .map(([name, inner]) => `${name} ${unescaped(inner)}`)
    .join("\n");
}
