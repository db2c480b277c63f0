// A table of as many rows as there are results: only those in view are drawn, and fetched. The keys move through it as through a list.
import type { Ref, VNode } from "preact";
import { useEffect, useImperativeHandle, useLayoutEffect, useRef, useState } from "preact/hooks";
import { formatNumber } from "../../ui/format.ts";
import type { Row } from "../page-contract.ts";
import { focusSoon, TABLE_ID } from "./keys.ts";
import { dateAndTime } from "./clock-text.ts";
import { PANE_TITLE_ID } from "./item-pane.tsx";
import { plainLine } from "./plain-text.ts";
import type { RowCache } from "./row-cache.ts";
import {
  atOf,
  heightOf,
  type Layout,
  moved,
  revealing,
  scaleOf,
  scrollTopOf,
  type RowWindow,
  windowOf,
} from "./row-window.ts";
import { useStore } from "./use-store.ts";
import { causeText, kindName, words } from "./words.ts";

export type TableHandle = {
  /** Opens the item so many rows further down. */
  readonly moveBy: (rows: number) => void;
};

type TableProps = { readonly cache: RowCache; readonly handle: Ref<TableHandle> };

/** Where the table stands: the place of the scroll bar, and exactly in pixels of rows. */
type Place = { readonly scrollTop: number; readonly at: number };

const START: Place = { scrollTop: 0, at: 0 };

/** Where the table stands, which of its rows are drawn, and ways to move it. */
type Scrolling = {
  readonly layout: Layout;
  readonly view: RowWindow;
  readonly onScroll: () => void;
  readonly scrollBy: (px: number) => void;
  /** Moves as little as is needed to see a row whole. */
  readonly reveal: (row: number) => void;
};

type Scroller = { readonly current: HTMLDivElement | null };

function useScrolling(cache: RowCache, element: Scroller): Scrolling {
  const [size, setSize] = useState({ rowPx: 36, viewPx: 600 });
  const [place, setPlace] = useState(START);
  const layout: Layout = { rows: cache.counts.value?.matching ?? 0, ...size };
  // There may be fewer rows than before.
  const at = moved(layout, place.at, 0);
  const view = windowOf(layout, place.scrollTop, at);
  useLayoutEffect(() => {
    setPlace(START);
    if (element.current !== null) element.current.scrollTop = 0;
  }, [cache]);
  useEffect(() => cache.need(view.first, view.count), [cache, view.first, view.count, layout.rows]);
  useSize(element, setSize);
  const scrollTo = (next: number): void => {
    const scroller = element.current;
    if (scroller === null) return;
    scroller.scrollTop = scrollTopOf(layout, next);
    setPlace({ scrollTop: scroller.scrollTop, at: next });
  };
  return {
    layout,
    view,
    onScroll: () => {
      const scrollTop = element.current?.scrollTop ?? 0;
      // Where the page itself has scrolled, it knows the place better than the scroll bar.
      if (Math.abs(scrollTop - place.scrollTop) >= 1) setPlace({ scrollTop, at: atOf(layout, scrollTop) });
    },
    scrollBy: (px) => scrollTo(moved(layout, at, px)),
    reveal: (row) => scrollTo(revealing(layout, at, row)),
  };
}

export function ResultsTable({ cache, handle }: TableProps): VNode {
  const element = useRef<HTMLDivElement>(null);
  const scrolling = useScrolling(cache, element);
  const { layout, view } = scrolling;
  const { active, setActive, activate, open } = useActiveRow(cache, scrolling);
  useImperativeHandle(handle, () => ({ moveBy: (rows) => activate(active + rows) }));
  useScaledWheel(element, layout, scrolling.scrollBy);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || layout.rows === 0) return;
    if (event.key === "Enter") open(active, true);
    else {
      const step = stepOf(event.key, Math.max(1, Math.floor(layout.viewPx / layout.rowPx) - 1), layout.rows);
      if (step === null) return;
      activate(active + step);
    }
    event.preventDefault();
  };
  const isActiveDrawn = active >= view.first && active < view.first + view.count;
  return (
    <div
      id={TABLE_ID}
      class={cache.hasIds.value ? "table" : "table without-ids"}
      ref={element}
      role="grid"
      aria-label={words().table.title}
      aria-rowcount={layout.rows + 1}
      aria-busy={cache.counts.value === null}
      tabIndex={0}
      style={{ "--digits": formatNumber(useStore().overview.value?.input.count ?? layout.rows).length }}
      {...(isActiveDrawn ? { "aria-activedescendant": rowId(active) } : null)}
      onScroll={scrolling.onScroll}
      onKeyDown={onKeyDown}
    >
      <Head />
      <div role="rowgroup" class="body" style={{ height: `${heightOf(layout)}px` }}>
        <div class="drawn" style={{ transform: `translateY(${view.topPx}px)` }} role="presentation">
          {Array.from({ length: view.count }, (_, at) => view.first + at).map((number) => (
            <TableRow
              key={number}
              number={number}
              row={cache.rows.value.get(number)}
              isActive={number === active}
              onOpen={() => {
                setActive(number);
                open(number, false);
              }}
            />
          ))}
        </div>
      </div>
      <Nothing cache={cache} />
    </div>
  );
}

type ActiveRow = {
  /** The row that keys act on. */
  readonly active: number;
  readonly setActive: (row: number) => void;
  /** Makes a row the active one, as far as there are so many, and shows it; an open pane follows. */
  readonly activate: (row: number) => void;
  readonly open: (row: number, isFocused: boolean) => void;
};

function useActiveRow(cache: RowCache, { layout, reveal }: Scrolling): ActiveRow {
  const store = useStore();
  const [active, setActive] = useState(0);
  useLayoutEffect(() => setActive(0), [cache]);
  const open = async (row: number, isFocused: boolean): Promise<void> => {
    const found = await cache.row(row);
    if (found === null) return;
    if (store.route.peek().item === null) store.go({ item: found.ref });
    else store.adjust({ item: found.ref });
    if (isFocused) focusSoon(PANE_TITLE_ID);
  };
  return {
    active,
    setActive,
    activate: (row) => {
      const next = Math.max(0, Math.min(layout.rows - 1, row));
      setActive(next);
      reveal(next);
      if (store.route.peek().item !== null) void open(next, false);
    },
    open: (row, isFocused) => void open(row, isFocused),
  };
}

function Nothing({ cache }: { readonly cache: RowCache }): VNode | null {
  const counts = cache.counts.value;
  if (counts === null || counts.matching > 0 || counts.searched < counts.total) return null;
  const { table } = words();
  return <p class="empty">{counts.total === 0 ? table.none : table.noMatch}</p>;
}

const rowId = (number: number): string => `row-${number}`;

/** How many rows a key moves; null: it is not for the table. */
function stepOf(key: string, pageRows: number, all: number): number | null {
  const steps: { readonly [key: string]: number | undefined } = {
    ArrowDown: 1,
    ArrowUp: -1,
    j: 1,
    k: -1,
    PageDown: pageRows,
    PageUp: -pageRows,
    Home: -all,
    End: all,
  };
  return steps[key] ?? null;
}

/** Measures a row and what is seen of the rows, whenever the table's size changes. */
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

/** Where the scroll bar stands for more rows than it has pixels, the browser's own steps would jump over some. */
function useScaledWheel(element: Scroller, layout: Layout, onWheel: (byPx: number) => void): void {
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

function Head(): VNode {
  const { table } = words();
  return (
    <div role="rowgroup" class="head">
      <div role="row" aria-rowindex={1} class="cells">
        <span role="columnheader" class="number">
          {table.number}
        </span>
        <span role="columnheader" class="id">
          {table.id}
        </span>
        <span role="columnheader" class="status">
          {table.status}
        </span>
        <span role="columnheader" class="text">
          {table.text}
        </span>
        <span role="columnheader" class="attempts">
          {table.attempts}
        </span>
        <span role="columnheader" class="took">
          {table.took}
        </span>
        <span role="columnheader" class="at">
          {table.startedAt}
        </span>
      </div>
    </div>
  );
}

type RowProps = {
  readonly number: number;
  readonly row: Row | undefined;
  readonly isActive: boolean;
  readonly onOpen: () => void;
};

function TableRow({ number, row, isActive, onOpen }: RowProps): VNode {
  const store = useStore();
  const { table } = words();
  const isOpen = row !== undefined && store.route.value.item === row.ref;
  return (
    <div
      id={rowId(number)}
      role="row"
      class={`cells row ${isActive ? "active" : ""} ${isOpen ? "open" : ""} ${row?.apart === undefined ? "" : "apart"}`}
      aria-rowindex={number + 2}
      aria-selected={isOpen}
      onClick={onOpen}
    >
      {row === undefined ? (
        <span role="gridcell" class="text">
          {table.loading}
        </span>
      ) : (
        <Cells row={row} />
      )}
    </div>
  );
}

function Cells({ row }: { readonly row: Row }): VNode {
  const { table, duration } = words();
  const { status, kind, marks, text, damaged, apart } = row;
  const isFailed = status === "failed";
  return (
    <>
      <span role="gridcell" class="number">
        {formatNumber(row.index + 1)}
      </span>
      <span role="gridcell" class="id">
        {row.id === null ? "" : plainLine(row.id)}
        {row.repeat === undefined ? null : <small>{table.answer(row.repeat)}</small>}
      </span>
      <span role="gridcell" class="status">
        <span class={`dot ${isFailed ? "bad" : "ok"}`}>{table.statuses[status]}</span>
      </span>
      <span role="gridcell" class="text">
        {damaged === true ? <b class="bad">{table.damaged} </b> : null}
        {apart === undefined ? null : <b class="mark">{table.apart[apart]}</b>}
        {kind === null ? null : <b class="bad">{kindName(kind)} </b>}
        {marks.map((mark) => (
          <b class="mark" key={mark}>
            {kindName(mark)}
          </b>
        ))}
        {text === "" && damaged !== true ? (
          <i class="empty">{table.empty}</i>
        ) : (
          <bdi>{plainLine(isFailed ? causeText(text) : text)}</bdi>
        )}
      </span>
      <span role="gridcell" class="attempts">
        {formatNumber(row.attempts)}
      </span>
      <span role="gridcell" class="took">
        {duration(row.duration_ms)}
      </span>
      <span role="gridcell" class="at">
        {dateAndTime(row.started_at)}
      </span>
    </>
  );
}
