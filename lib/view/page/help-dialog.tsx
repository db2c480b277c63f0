// The list of keys.
import type { VNode } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Icon } from "./icons.tsx";
import { useStore } from "./use-store.ts";
import { words } from "./words.ts";

export function HelpDialog(): VNode {
  const store = useStore();
  const element = useRef<HTMLDialogElement>(null);
  const isOpen = store.isHelpOpen.value;
  useEffect(() => {
    // The browser keeps the focus inside, closes it at Esc, and gives the focus back.
    if (isOpen) element.current?.showModal();
    else element.current?.close();
  }, [isOpen]);
  const { help } = words();
  return (
    <dialog
      ref={element}
      class="help"
      aria-labelledby="help-title"
      onClose={() => (store.isHelpOpen.value = false)}
    >
      <div class="head">
        <h2 id="help-title">{help.title}</h2>
        <button
          type="button"
          class="quiet square"
          aria-label={help.close}
          onClick={() => (store.isHelpOpen.value = false)}
        >
          <Icon name="close" />
        </button>
      </div>
      <dl>
        {help.keys.map(([keys, what]) => (
          <div key={keys}>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </dialog>
  );
}
