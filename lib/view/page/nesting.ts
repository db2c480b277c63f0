// How deeply values are nested. A browser draws and writes nested values by recursion, and its stack ends at some thousand levels.

/** Whether a value has more than so many levels of lists and objects. */
export function isNestedDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isNestedDeeper(inner, levels - 1));
}
