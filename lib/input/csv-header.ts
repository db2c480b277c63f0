// The names of the fields, from the cells of the header row.

/**
 * A distinct name for each column: an empty cell gives `column_N` (N from 1), a repeated name gets `_2`, `_3`, …. A generated name never equals one
 * in the header.
 */
export function fieldNamesOf(header: readonly string[]): string[] {
  const written = new Set(header);
  const used = new Set<string>();
  return header.map((cell, column) => {
    const wanted = cell === "" ? `column_${column + 1}` : cell;
    const isFree = (name: string): boolean => !used.has(name) && (name === cell || !written.has(name));
    let name = wanted;
    for (let number = 2; !isFree(name); number++) name = `${wanted}_${number}`;
    used.add(name);
    return name;
  });
}
