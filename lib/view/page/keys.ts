// The keys that work everywhere in the page. Those of the table are in results-table.tsx.
import { switchLanguage, switchTheme } from "./preferences.ts";
import { withoutKey } from "./route.ts";
import type { Store } from "./store.ts";

/** The id of the search field, which `/` reaches from everywhere. */
export const SEARCH_ID = "search";
/** The id of the table of results. */
export const TABLE_ID = "table";

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest("input, textarea, select") !== null;
}

/** Moves the focus to an element: at once if it is there, so that what is typed next goes into it, and again after it has been drawn. */
export function focusSoon(id: string): void {
  document.getElementById(id)?.focus();
  requestAnimationFrame(() => document.getElementById(id)?.focus());
}

export function handleKey(event: KeyboardEvent, store: Store): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
  if (store.isHelpOpen.peek()) return;
  if (event.key === "Escape") {
    event.preventDefault(); // some browsers empty the field of a search
    if (store.route.peek().item !== null) closeItem(store);
    else if (isTyping(event.target)) focusSoon(TABLE_ID);
    return;
  }
  if (isTyping(event.target)) return;
  const act = ACTIONS[event.key];
  if (act === undefined) return;
  event.preventDefault();
  act(store);
}

/** Closes the pane of an item; the focus goes back to the table. */
export function closeItem(store: Store): void {
  store.go({ item: null });
  focusSoon(TABLE_ID);
}

const ACTIONS: { readonly [key: string]: ((store: Store) => void) | undefined } = {
  "1": (store) => store.go({ view: "overview", item: null }),
  "2": (store) => {
    store.go({ view: "results" });
    focusSoon(TABLE_ID);
  },
  "/": (store) => {
    store.go({ view: "results" });
    focusSoon(SEARCH_ID);
  },
  f: (store) => {
    const { filter } = store.route.peek();
    store.filter(filter.status === "failed" ? withoutKey(filter, "status") : { ...filter, status: "failed" });
    focusSoon(TABLE_ID);
  },
  t: switchTheme,
  l: switchLanguage,
  "?": (store) => {
    store.isHelpOpen.value = true;
  },
};
