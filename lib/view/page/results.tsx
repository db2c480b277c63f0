// The view of the results: filters, below them the table, and beside it the item that is open.
import { useSignalEffect } from "@preact/signals";
import type { VNode } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { Filters } from "./filters.tsx";
import { ItemPane } from "./item-pane.tsx";
import { ResultsTable, type TableHandle } from "./results-table.tsx";
import { RowCache } from "./row-cache.ts";
import { useStore } from "./use-store.ts";
import { words } from "./words.ts";

/** Below this width the pane of an item covers the table. */
const NARROW = "(max-width: 60rem)";

function useIsNarrow(): boolean {
  const query = useMemo(() => matchMedia(NARROW), []);
  const [isNarrow, setNarrow] = useState(query.matches);
  useEffect(() => {
    const onChange = (): void => setNarrow(query.matches);
    query.addEventListener("change", onChange);
    return () => query.removeEventListener("change", onChange);
  }, [query]);
  return isNarrow;
}

/** The rows that match the filter of the route. They are fetched again when an overview shows that there are more results. */
function useRows(source: string | null): RowCache | null {
  const store = useStore();
  const { filter } = store.route.value;
  const key = JSON.stringify(filter);
  const cache = useMemo(
    () => (source === null ? null : new RowCache(store.data, source, filter)),
    [store, source, key],
  );
  useEffect(() => () => cache?.close(), [cache]);
  const cacheNow = useRef(cache);
  cacheNow.current = cache;
  const seen = useRef("");
  useSignalEffect(() => {
    const overview = store.overview.value;
    if (overview === null) return;
    const now = `${overview.completed} ${overview.failed} ${overview.session_id} ${overview.runs.length}`;
    if (seen.current !== "" && seen.current !== now) cacheNow.current?.refresh();
    seen.current = now;
  });
  return cache;
}

export function ResultsView(): VNode {
  const store = useStore();
  const source = store.source.value;
  const cache = useRows(source);
  const isNarrow = useIsNarrow();
  const table = useRef<TableHandle>(null);
  const { item } = store.route.value;
  if (cache === null || source === null) return <p class="empty">{words().shell.loading}</p>;
  return (
    <div class={`split ${item === null ? "" : "open"}`}>
      <div class="list" inert={isNarrow && item !== null}>
        <Filters cache={cache} />
        <ResultsTable cache={cache} handle={table} />
      </div>
      {item === null ? null : (
        <ItemPane key={source} source={source} itemRef={item} onMove={(by) => table.current?.moveBy(by)} />
      )}
    </div>
  );
}
