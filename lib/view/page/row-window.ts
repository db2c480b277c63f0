// Which rows of a long table are in view. A browser draws no element taller than some 33 million pixels (Chromium) or 18 million (Firefox): past HEIGHT_MAX the element that
// is scrolled stands for more rows than it is tall, and wheel and keys move by rows (`moved`), as the browser's own steps would jump over some.

export const HEIGHT_MAX = 8_000_000;

export type Layout = {
  readonly rows: number;
  readonly rowPx: number;
  /** Height of what is seen of the rows. */
  readonly viewPx: number;
};

/** How tall the scrolled element is. */
export function heightOf({ rows, rowPx }: Layout): number {
  return Math.min(rows * rowPx, HEIGHT_MAX);
}

/** Pixels of rows for a pixel of the scrolled element. */
export function scaleOf(layout: Layout): number {
  const full = layout.rows * layout.rowPx;
  const height = heightOf(layout);
  return full <= height ? 1 : (full - layout.viewPx) / (height - layout.viewPx);
}

/** The largest `at`: pixels of rows above the view. */
function lastAt({ rows, rowPx, viewPx }: Layout): number {
  return Math.max(0, rows * rowPx - viewPx);
}

/** Where the view stands, in pixels of rows, for a place of the scroll bar. */
export function atOf(layout: Layout, scrollTop: number): number {
  return Math.min(lastAt(layout), scrollTop * scaleOf(layout));
}

/** The place of the scroll bar for it. */
export function scrollTopOf(layout: Layout, at: number): number {
  return at / scaleOf(layout);
}

/** Moved by so many pixels, within the table. */
export function moved(layout: Layout, at: number, byPx: number): number {
  return Math.max(0, Math.min(lastAt(layout), at + byPx));
}

/** Moved as little as is needed to see a row whole. */
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
  /** Where its top stands in the scrolled element. */
  readonly topPx: number;
};

export function windowOf(layout: Layout, scrollTop: number, at: number): RowWindow {
  const first = Math.floor(at / layout.rowPx);
  const count = Math.min(layout.rows - first, Math.ceil(layout.viewPx / layout.rowPx) + 1);
  return { first, count: Math.max(0, count), topPx: scrollTop - (at - first * layout.rowPx) };
}
