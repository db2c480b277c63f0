// A table with as many rows as there are results. Only the rows in view are fetched and drawn. The keys move through it as through a list.
import type { Ref, VNode } from "preact";
import { useImperativeHandle, useLayoutEffect, useRef, useState } from "preact/hooks";
import { formatNumber } from "../../ui/format.ts";
import { focusSoon, PANE_TITLE_ID, TABLE_ID } from "./focus.ts";
import type { RowCache } from "./row-cache.ts";
import { heightOf } from "./row-window.ts";
import { rowId, TableHead, TableRow } from "./table-row.tsx";
import { type Scrolling, useScaledWheel, useScrolling } from "./use-scrolling.ts";
import { useStore } from "./use-store.ts";
import { words } from "./words.ts";

export type TableHandle = {
  /** Opens the item so many rows further down. */
  readonly moveBy: (rows: number) => void;
};

type TableProps = { readonly cache: RowCache; readonly handle: Ref<TableHandle> };

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
      <TableHead />
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
  /** Makes a row the active one (the first or last one instead of a row outside the table), and shows it. An open pane follows. */
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

/** How many rows a key moves; null when the key is not for the table. */
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
