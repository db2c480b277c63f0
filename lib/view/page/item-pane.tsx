// The pane that shows one item, beside the table or above it: its title, its buttons, and the item itself (item-content.tsx).
import type { VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
import { formatNumber } from "../../ui/format.ts";
import type { ItemView } from "../page-contract.ts";
import { Guarded } from "./guarded.tsx";
import { Icon } from "./icons.tsx";
import { PANE_TITLE_ID } from "./focus.ts";
import { ItemContent } from "./item-content.tsx";
import { closeItem } from "./keys.ts";
import { plainLine } from "./plain-text.ts";
import { AskError } from "./ask-error.ts";
import { useStore } from "./use-store.ts";
import { words } from "./words.ts";

type PaneProps = {
  readonly source: string;
  readonly itemRef: string;
  readonly onMove: (by: number) => void;
};

/** The item, or why it could not be had; null before the first answer. An item stays until the next one has arrived. */
function useItem(source: string, ref: string): ItemView | AskError | null {
  const store = useStore();
  const [item, setItem] = useState<ItemView | AskError | null>(null);
  const { language } = words();
  useEffect(() => {
    const abort = new AbortController();
    store.data.item(source, ref, abort.signal).then(setItem, (error: unknown) => {
      if (!abort.signal.aborted) setItem(error instanceof AskError ? error : new AskError("failed", ""));
    });
    return () => abort.abort();
  }, [store, source, ref, language]);
  return item;
}

export function ItemPane({ source, itemRef, onMove }: PaneProps): VNode {
  const store = useStore();
  const item = useItem(source, itemRef);
  const { item: text } = words();
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const by = { j: 1, k: -1 }[event.key];
      const isTyping =
        event.target instanceof HTMLElement && event.target.closest("input, select, [role=grid]") !== null;
      if (by !== undefined && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) onMove(by);
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [onMove]);
  return (
    <aside class="pane" aria-labelledby={PANE_TITLE_ID}>
      <div class="head">
        <h2 id={PANE_TITLE_ID} tabIndex={-1}>
          {item === null ? (
            words().shell.loading
          ) : item instanceof AskError ? (
            faultText(item)
          ) : (
            <Title item={item} />
          )}
        </h2>
        <div class="tools">
          <PaneButton label={text.previous} icon="up" onClick={() => onMove(-1)} />
          <PaneButton label={text.next} icon="down" onClick={() => onMove(1)} />
          <PaneButton label={text.close} icon="close" onClick={() => closeItem(store)} />
        </div>
      </div>
      <div class="content">
        {item === null || item instanceof AskError ? null : (
          <Guarded key={item.row.ref}>
            <ItemContent item={item} />
          </Guarded>
        )}
      </div>
    </aside>
  );
}

function faultText({ code, message }: AskError): string {
  return code === "gone" || message === "" ? words().item.gone : plainLine(message);
}

type PaneButtonProps = {
  readonly label: string;
  readonly icon: "up" | "down" | "close";
  readonly onClick: () => void;
};

function PaneButton({ label, icon, onClick }: PaneButtonProps): VNode {
  return (
    <button type="button" class="quiet square" aria-label={label} title={label} onClick={onClick}>
      <Icon name={icon} />
    </button>
  );
}

function Title({ item: { row } }: { readonly item: ItemView }): VNode {
  const { table, item: text } = words();
  const number = `#${formatNumber(row.index + 1)}`;
  return (
    <>
      <span class="name">{text.title(row.id === null ? number : plainLine(row.id))}</span>
      {row.id === null ? null : <small>{number}</small>}
      {row.repeat === undefined ? null : <small>{table.answer(row.repeat)}</small>}
      <span class={`chip ${row.status === "ok" ? "ok" : "bad"}`}>{table.statuses[row.status]}</span>
    </>
  );
}
