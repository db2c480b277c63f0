// A text with its lines. A very long one is cut, with a button that shows all of it.
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { plainLines } from "./plain-text.ts";
import { words } from "./words.ts";

/** Characters that are shown at once: more of them make the browser slow. */
const SHOWN_MAX = 20_000;

export function TextBlock({ text, mono }: { readonly text: string; readonly mono?: true }): VNode {
  const [isWhole, setWhole] = useState(false);
  const { item } = words();
  if (text === "") return <p class="empty">{words().table.empty}</p>;
  const isCut = !isWhole && text.length > SHOWN_MAX;
  return (
    <>
      <pre class={mono === true ? "text mono" : "text"} dir="auto">
        {plainLines(isCut ? text.slice(0, SHOWN_MAX) : text)}
      </pre>
      {isCut ? (
        <p class="more">
          {item.tooLong(SHOWN_MAX, text.length)}{" "}
          <button type="button" class="quiet" onClick={() => setWhole(true)}>
            {item.showAll}
          </button>
        </p>
      ) : null}
    </>
  );
}
