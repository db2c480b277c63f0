// Makes columns of numbers larger.

/** Room for later rows, so that columns are seldom copied. */
const GROWTH = 1.25;

type Column = Float64Array | Uint32Array | Uint16Array | Uint8Array;

/** The same column, with room for at least `rows` rows. */
export function grown<T extends Column>(column: T, rows: number): T {
  const Kind = column.constructor as new (length: number) => T;
  const larger = new Kind(Math.ceil(rows * GROWTH));
  larger.set(column);
  return larger;
}
