// The keys that work everywhere in the page. Those of the table are in results-table.tsx.
import { focusSoon, SEARCH_ID, TABLE_ID } from "./focus.ts";
import { switchLanguage, switchTheme } from "./preferences.ts";
import { withoutKey } from "./route.ts";
import type { Store } from "./store.ts";

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest("input, textarea, select") !== null;
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
