// A JSON value as a tree whose branches open and close. Closed branches are not drawn, and a long list is drawn in pieces.
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { isScalar } from "../../core/json-text.ts";
import { formatNumber } from "../../ui/format.ts";
import { plainLine, plainLines } from "./plain-text.ts";
import { words } from "./words.ts";

/** How many entries are drawn at once. */
const PIECE = 100;
const TEXT_MAX = 5000;
/** So deep it is open from the start, as long as it is small; the outermost value always is. */
const OPEN_DEPTH = 3;
const OPEN_ENTRIES = 30;

export function JsonTree({ value }: { readonly value: unknown }): VNode {
  return (
    <div class="tree mono">
      <Node value={value} name={null} depth={0} />
    </div>
  );
}

type NodeProps = { readonly value: unknown; readonly name: string | null; readonly depth: number };

function Node({ value, name, depth }: NodeProps): VNode {
  if (typeof value !== "object" || value === null || isScalar(value))
    return (
      <div class="leaf">
        <Name name={name} />
        <Scalar value={value} />
      </div>
    );
  return <Branch value={value} name={name} depth={depth} />;
}

function Branch({ value, name, depth }: NodeProps & { readonly value: object }): VNode {
  const entries = Object.entries(value);
  const [isOpen, setOpen] = useState(depth === 0 || (depth < OPEN_DEPTH && entries.length <= OPEN_ENTRIES));
  const [shown, setShown] = useState(PIECE);
  const isList = Array.isArray(value);
  const count = formatNumber(entries.length);
  return (
    <details open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <Name name={name} />
        <span class="size">{isList ? `[${count}]` : `{${count}}`}</span>
      </summary>
      {isOpen ? (
        <div class="branch">
          {entries.slice(0, shown).map(([key, entry]) => (
            <Node key={key} value={entry} name={key} depth={depth + 1} />
          ))}
          {entries.length > shown ? (
            <button type="button" class="quiet" onClick={() => setShown(shown + 10 * PIECE)}>
              {words().item.more(entries.length - shown)}
            </button>
          ) : null}
        </div>
      ) : null}
    </details>
  );
}

function Name({ name }: { readonly name: string | null }): VNode | null {
  return name === null ? null : <span class="key">{`${plainLine(name)}: `}</span>;
}

function Scalar({ value }: { readonly value: unknown }): VNode {
  if (typeof value !== "string") return <span class="scalar">{JSON.stringify(value)}</span>;
  // With its quotes: "4" is not 4.
  const text = value.length > TEXT_MAX ? `"${value.slice(0, TEXT_MAX)}…` : `"${value}"`;
  return (
    <span class="string" dir="auto">
      {plainLines(text)}
    </span>
  );
}
