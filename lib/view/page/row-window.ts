// Which rows of a long table are in view. Browsers draw no element taller than some 33 million pixels (Chromium) or 18 million (Firefox). When the rows are taller than
// HEIGHT_MAX together, a pixel of the scroll bar stands for several pixels of rows. Wheel and keys then move by rows (`moved`): the browser's own steps would skip some.
// `at` is a place in the table, in pixels of rows above the view.

export const HEIGHT_MAX = 8_000_000;

export type Layout = {
  readonly rows: number;
  readonly rowPx: number;
  /** Height of the part of the table that shows rows. */
  readonly viewPx: number;
};

/** How tall the element is that the scroll bar moves. */
export function heightOf({ rows, rowPx }: Layout): number {
  return Math.min(rows * rowPx, HEIGHT_MAX);
}

/** How many pixels of rows a pixel of the scroll bar stands for. */
export function scaleOf(layout: Layout): number {
  const full = layout.rows * layout.rowPx;
  const height = heightOf(layout);
  return full <= height ? 1 : (full - layout.viewPx) / (height - layout.viewPx);
}

/** The largest `at`. */
function lastAt({ rows, rowPx, viewPx }: Layout): number {
  return Math.max(0, rows * rowPx - viewPx);
}

/** The place in the table for a position of the scroll bar. */
export function atOf(layout: Layout, scrollTop: number): number {
  return Math.min(lastAt(layout), scrollTop * scaleOf(layout));
}

/** The position of the scroll bar for a place in the table. */
export function scrollTopOf(layout: Layout, at: number): number {
  return at / scaleOf(layout);
}

/** The place after a move by so many pixels, within the table. */
export function moved(layout: Layout, at: number, byPx: number): number {
  return Math.max(0, Math.min(lastAt(layout), at + byPx));
}

/** The nearest place at which the whole row is in view. */
export function revealing(layout: Layout, at: number, row: number): number {
  const top = row * layout.rowPx;
  if (top < at) return moved(layout, top, 0);
  const bottom = top + layout.rowPx;
  return bottom > at + layout.viewPx ? moved(layout, bottom - layout.viewPx, 0) : at;
}

export type RowWindow = {
  /** The first row to draw, and how many. */
  readonly first: number;
  readonly count: number;
  /** The top of the first row, in the element that the scroll bar moves. */
  readonly topPx: number;
};

export function windowOf(layout: Layout, scrollTop: number, at: number): RowWindow {
  const first = Math.floor(at / layout.rowPx);
  const count = Math.min(layout.rows - first, Math.ceil(layout.viewPx / layout.rowPx) + 1);
  return { first, count: Math.max(0, count), topPx: scrollTop - (at - first * layout.rowPx) };
}
