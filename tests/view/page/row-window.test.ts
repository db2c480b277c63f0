import { expect, test } from "bun:test";
import fc from "fast-check";
import {
  atOf,
  HEIGHT_MAX,
  heightOf,
  type Layout,
  moved,
  revealing,
  scrollTopOf,
  windowOf,
} from "../../../lib/view/page/row-window.ts";
import { SEED } from "../../helpers/seed.ts";

const layouts: fc.Arbitrary<Layout> = fc.record({
  rows: fc.integer({ min: 1, max: 10_000_000 }),
  rowPx: fc.integer({ min: 20, max: 80 }),
  viewPx: fc.integer({ min: 80, max: 2000 }),
});
const cases = layouts.chain((layout) =>
  fc.record({
    layout: fc.constant(layout),
    row: fc.integer({ min: 0, max: layout.rows - 1 }),
    at: fc
      .double({ min: 0, max: 1, noNaN: true })
      .map((share) => moved(layout, share * layout.rows * layout.rowPx, 0)),
  }),
);

/** What is seen of the table when it stands there: the rows, and where the first of them begins, from the top of the view. */
function seen(layout: Layout, at: number): { first: number; end: number; offsetPx: number } {
  const scrollTop = scrollTopOf(layout, at);
  const { first, count, topPx } = windowOf(layout, scrollTop, at);
  return { first, end: first + count, offsetPx: topPx - scrollTop };
}

test("every row of a table of any length can be seen whole", () => {
  fc.assert(
    fc.property(cases, ({ layout, row, at }) => {
      const { first, end, offsetPx } = seen(layout, revealing(layout, at, row));
      expect(row >= first && row < end).toBe(true);
      const topPx = offsetPx + (row - first) * layout.rowPx;
      expect(topPx).toBeGreaterThanOrEqual(-1e-3);
      if (layout.viewPx >= layout.rowPx)
        expect(topPx + layout.rowPx).toBeLessThanOrEqual(layout.viewPx + 1e-3);
    }),
    { seed: SEED },
  );
});

test("the view is filled with rows, and a scroll bar at its end shows the last one", () => {
  fc.assert(
    fc.property(cases, ({ layout, at }) => {
      const { first, end, offsetPx } = seen(layout, at);
      const filledPx = offsetPx + (end - first) * layout.rowPx;
      expect(filledPx).toBeGreaterThanOrEqual(Math.min(layout.viewPx, layout.rows * layout.rowPx) - 1e-3);
      const bottom = Math.max(0, heightOf(layout) - layout.viewPx);
      expect(seen(layout, atOf(layout, bottom)).end).toBe(layout.rows);
    }),
    { seed: SEED },
  );
});

test("no element is taller than browsers draw", () => {
  expect(heightOf({ rows: 10_000_000, rowPx: 36, viewPx: 600 })).toBe(HEIGHT_MAX);
  expect(heightOf({ rows: 10, rowPx: 36, viewPx: 600 })).toBe(360);
});
