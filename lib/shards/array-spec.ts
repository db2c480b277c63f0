// Lists of tasks as schedulers read them: `2,6-8`.

/** @param ascending whole numbers */
export function arraySpec(ascending: readonly number[]): string {
  const parts: string[] = [];
  for (let at = 0; at < ascending.length;) {
    const first = ascending[at] ?? 0;
    let length = 1;
    while (ascending[at + length] === first + length) length++;
    const last = first + length - 1;
    parts.push(length === 1 ? String(first) : length === 2 ? `${first},${last}` : `${first}-${last}`);
    at += length;
  }
  return parts.join(",");
}
