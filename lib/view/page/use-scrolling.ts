// Scrolls a table that may be taller than browsers can draw (row-window.ts), and has its rows fetched as they come into view.
import { useEffect, useLayoutEffect, useState } from "preact/hooks";
import type { RowCache } from "./row-cache.ts";
import {
  atOf,
  type Layout,
  moved,
  revealing,
  type RowWindow,
  scaleOf,
  scrollTopOf,
  windowOf,
} from "./row-window.ts";

/** The position of the scroll bar, and the exact place in the table, in pixels of rows. */
type Position = { readonly scrollTop: number; readonly at: number };

const START: Position = { scrollTop: 0, at: 0 };

/** Which rows are drawn, and ways to move through the table. */
export type Scrolling = {
  readonly layout: Layout;
  readonly view: RowWindow;
  readonly onScroll: () => void;
  readonly scrollBy: (px: number) => void;
  /** Moves as little as is needed to bring the whole row into view. */
  readonly reveal: (row: number) => void;
};

type Scroller = { readonly current: HTMLDivElement | null };

export function useScrolling(cache: RowCache, element: Scroller): Scrolling {
  const [size, setSize] = useState({ rowPx: 36, viewPx: 600 });
  const [position, setPosition] = useState(START);
  const layout: Layout = { rows: cache.counts.value?.matching ?? 0, ...size };
  // There may be fewer rows than before.
  const at = moved(layout, position.at, 0);
  const view = windowOf(layout, position.scrollTop, at);
  useLayoutEffect(() => {
    setPosition(START);
    if (element.current !== null) element.current.scrollTop = 0;
  }, [cache]);
  useEffect(() => cache.need(view.first, view.count), [cache, view.first, view.count, layout.rows]);
  useSize(element, setSize);
  const scrollTo = (next: number): void => {
    const scroller = element.current;
    if (scroller === null) return;
    scroller.scrollTop = scrollTopOf(layout, next);
    setPosition({ scrollTop: scroller.scrollTop, at: next });
  };
  return {
    layout,
    view,
    onScroll: () => {
      const scrollTop = element.current?.scrollTop ?? 0;
      // After a move by the page itself, `at` is exact, and the scroll bar only knows it in whole pixels.
      if (Math.abs(scrollTop - position.scrollTop) >= 1)
        setPosition({ scrollTop, at: atOf(layout, scrollTop) });
    },
    scrollBy: (px) => scrollTo(moved(layout, at, px)),
    reveal: (row) => scrollTo(revealing(layout, at, row)),
  };
}

/** Measures a row, and the part of the table that shows rows, whenever the size of the table changes. */
function useSize(
  element: Scroller,
  onSize: (size: { readonly rowPx: number; readonly viewPx: number }) => void,
): void {
  useEffect(() => {
    const scroller = element.current;
    if (scroller === null) return;
    const measure = (): void => {
      const style = getComputedStyle(scroller);
      const unit = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
      const rowPx = Math.round(Number.parseFloat(style.getPropertyValue("--row-rem")) * unit);
      const head = scroller.querySelector<HTMLElement>(".head");
      scroller.style.setProperty("--row", `${rowPx}px`);
      onSize({ rowPx, viewPx: Math.max(rowPx, scroller.clientHeight - (head?.offsetHeight ?? 0)) });
    };
    const observer = new ResizeObserver(measure);
    observer.observe(scroller);
    return () => observer.disconnect();
  }, []);
}

/** Handles the wheel when a pixel of the scroll bar stands for several pixels of rows: the browser's own steps would skip rows. */
export function useScaledWheel(element: Scroller, layout: Layout, onWheel: (byPx: number) => void): void {
  useEffect(() => {
    const scroller = element.current;
    if (scroller === null || scaleOf(layout) === 1) return;
    const listen = (event: WheelEvent): void => {
      if (event.ctrlKey || event.deltaY === 0) return;
      event.preventDefault();
      onWheel(event.deltaMode === WheelEvent.DOM_DELTA_LINE ? event.deltaY * layout.rowPx : event.deltaY);
    };
    scroller.addEventListener("wheel", listen, { passive: false });
    return () => scroller.removeEventListener("wheel", listen);
  });
}
