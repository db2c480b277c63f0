// The names of the fields, from the cells of the header row.

/**
 * A name for each column, all different: an empty cell gives `column_N` (N from 1), a name that was there before gets `_2`, `_3`, …; a
 * name made up this way never takes one that stands in the header.
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
