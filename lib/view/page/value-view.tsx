// An input or an output, as text, as Markdown or as a tree. Of the views that are possible, the likeliest is shown first.
import type { VNode } from "preact";
import { useMemo, useState } from "preact/hooks";
import { isScalar, parseExact } from "../../core/json-text.ts";
import { CopyButton } from "./copy-button.tsx";
import { JsonTree } from "./json-tree.tsx";
import { Markdown, MARKDOWN_MAX } from "./markdown.tsx";
import { isNestedDeeper } from "./nesting.ts";
import { TextBlock } from "./text-block.tsx";
import { words } from "./words.ts";

type View = "text" | "markdown" | "tree";

type Shown = {
  /** What is copied, and shown as text. */
  readonly text: string;
  /** Undefined: it is no object and no list. */
  readonly tree: unknown;
  /** The first one is shown until another is chosen. */
  readonly views: readonly [View, ...View[]];
};

/** What shows that a text was written as Markdown. */
const MARKUP =
  /^#{1,6} |^```|\*\*[^*\n]+\*\*|^\s*(?:[-*]|\d+\.) \S|^\|.*\|$|\[[^\]\n]+\]\([^)\n]+\)|`[^`\n]+`/m;

export function ValueView({ title, json }: { readonly title: string; readonly json: string }): VNode {
  const { item: text } = words();
  const shown = useMemo(() => shownOf(json), [json]);
  const [chosen, choose] = useState<View | null>(null);
  const view = chosen !== null && shown.views.includes(chosen) ? chosen : shown.views[0];
  return (
    <section class="value">
      <div class="head">
        <h3>{title}</h3>
        {shown.views.length === 1 ? null : (
          <fieldset class="choice small">
            <legend class="unseen">{text.viewAs}</legend>
            {shown.views.map((one) => (
              <label key={one}>
                <input
                  type="radio"
                  name={`view-${title}`}
                  checked={one === view}
                  onChange={() => choose(one)}
                />
                <span>{text.views[one]}</span>
              </label>
            ))}
          </fieldset>
        )}
        <CopyButton text={shown.text} what={title} />
      </div>
      {view === "tree" ? <JsonTree value={shown.tree} /> : null}
      {view === "markdown" ? <Markdown text={shown.text} /> : null}
      {view === "text" ? (
        <TextBlock text={shown.text} {...(typeof shown.tree === "undefined" ? null : { mono: true })} />
      ) : null}
    </section>
  );
}

function shownOf(json: string): Shown {
  const value = parsed(json);
  if (typeof value !== "string") {
    if (value === undefined || isScalar(value)) return { text: json, tree: undefined, views: ["text"] };
    return { text: indented(value) ?? json, tree: value, views: ["tree", "text"] };
  }
  const held = /^\s*[[{]/.test(value) ? parsed(value) : undefined;
  const isTree = held !== undefined && !isScalar(held);
  const canMarkdown = value.length <= MARKDOWN_MAX;
  const first: View = isTree ? "tree" : canMarkdown && MARKUP.test(value) ? "markdown" : "text";
  const others: readonly View[] = [
    ...(canMarkdown ? (["markdown"] as const) : []),
    "text",
    ...(isTree ? (["tree"] as const) : []),
  ];
  return {
    text: value,
    tree: isTree ? held : undefined,
    views: [first, ...others.filter((one) => one !== first)],
  };
}

/** Deeper ones would be mostly spaces, and too deep ones could not be written at all. */
const INDENTED_LEVELS_MAX = 100;

/** Null where a value is nested too deeply to be indented. */
function indented(value: unknown): string | null {
  return isNestedDeeper(value, INDENTED_LEVELS_MAX) ? null : JSON.stringify(value, null, 2);
}

/** Undefined: it is no JSON. */
function parsed(json: string): unknown {
  for (const parse of [parseExact, JSON.parse]) {
    try {
      return parse(json);
    } catch {
      // The next: an older browser cannot keep digits as they were written.
    }
  }
  return undefined;
}
