// The elements that get the focus when a key asks for them, by their ids.

/** The id of the search field, which `/` reaches from everywhere. */
export const SEARCH_ID = "search";
/** The id of the table of results. */
export const TABLE_ID = "table";
/** The id of the title of an item's pane, which gets the focus when the item is opened with a key. */
export const PANE_TITLE_ID = "item-title";

/** Moves the focus to an element: at once if it is there, so that what is typed next goes into it, and again after it has been drawn. */
export function focusSoon(id: string): void {
  document.getElementById(id)?.focus();
  requestAnimationFrame(() => document.getElementById(id)?.focus());
}
