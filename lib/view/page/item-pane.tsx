// One item whole: output, error, input, all attempts, and its record as it is stored.
import type { ComponentChildren, VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { ItemError } from "../../core/record.ts";
import { formatNumber } from "../../ui/format.ts";
import type { ItemView } from "../page-contract.ts";
import { Attempts } from "./attempts.tsx";
import { dateAndTime } from "./clock-text.ts";
import { CopyButton } from "./copy-button.tsx";
import { Guarded } from "./guarded.tsx";
import { Icon } from "./icons.tsx";
import { closeItem } from "./keys.ts";
import { plainLine, plainLines } from "./plain-text.ts";
import { AskError } from "./ask-error.ts";
import { TextBlock } from "./text-block.tsx";
import { useStore } from "./use-store.ts";
import { ValueView } from "./value-view.tsx";
import { causeText, kindName, inLanguage, words } from "./words.ts";

/** Of the title of the pane, which gets the focus when an item is opened with a key. */
export const PANE_TITLE_ID = "item-title";

type PaneProps = {
  readonly source: string;
  readonly itemRef: string;
  readonly onMove: (by: number) => void;
};

/** What is known of an item; an older one stays until the new one is there. */
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
          {item === null || item instanceof AskError ? words().shell.loading : <Title item={item} />}
        </h2>
        <div class="tools">
          <PaneButton label={text.previous} icon="up" onClick={() => onMove(-1)} />
          <PaneButton label={text.next} icon="down" onClick={() => onMove(1)} />
          <PaneButton label={text.close} icon="close" onClick={() => closeItem(store)} />
        </div>
      </div>
      <div class="content">
        {item instanceof AskError ? (
          <p class="notice bad">
            {item.code === "gone" || item.message === "" ? text.gone : plainLine(item.message)}
          </p>
        ) : (
          item !== null && (
            <Guarded key={item.row.ref}>
              <Item item={item} />
            </Guarded>
          )
        )}
      </div>
    </aside>
  );
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

function Item({ item }: { readonly item: ItemView }): VNode {
  const { item: text } = words();
  const { row, output_json: output, input_json: input, error, stderr } = item;
  // The input may have been edited since the last run.
  const apart = row.apart ?? (item.changed ? "changed" : undefined);
  return (
    <>
      {row.damaged === true ? <p class="notice bad">{text.damaged}</p> : null}
      {apart === undefined ? null : <p class="notice wait">{text.apart[apart]}</p>}
      {error === null ? null : <ErrorView error={error} />}
      {output === null ? null : <ValueView title={text.output} json={output} />}
      {stderr === null || stderr === "" ? null : (
        <Section title={text.stderr} copied={stderr}>
          <TextBlock text={stderr} mono />
        </Section>
      )}
      {input === null ? (
        <Section title={text.input}>
          <p class="empty">
            {item.input_missing === null ? text.inputGone : plainLine(inLanguage(item.input_missing))}
          </p>
        </Section>
      ) : (
        <ValueView title={text.input} json={input} />
      )}
      <Attempts item={item} />
      <Details item={item} />
      <Record record={item.record} />
    </>
  );
}

type SectionProps = {
  readonly title: string;
  /** What its button copies; without it there is no button. */
  readonly copied?: string;
  readonly children: ComponentChildren;
};

function Section({ title, copied, children }: SectionProps): VNode {
  return (
    <section>
      <div class="head">
        <h3>{title}</h3>
        {copied === undefined ? null : <CopyButton text={copied} what={title} />}
      </div>
      {children}
    </section>
  );
}

function ErrorView({ error }: { readonly error: ItemError }): VNode {
  const { item: text } = words();
  return (
    <>
      <Section title={text.error} copied={error.message}>
        <p class="error">
          <b>{kindName(error.kind)}</b> {plainLines(causeText(error.message))}
          {error.status === undefined ? null : <small>{` ${text.status}: ${error.status}`}</small>}
        </p>
      </Section>
      {[
        [text.stderr, error.stderr],
        [text.rejected, error.text],
        [text.body, error.body],
      ].map(([title, value]) =>
        title === undefined || value === undefined || value === "" ? null : (
          <Section key={title} title={title} copied={value}>
            <TextBlock text={value} mono />
          </Section>
        ),
      )}
    </>
  );
}

function Details({ item }: { readonly item: ItemView }): VNode {
  const { item: text, duration, cost } = words();
  const { row, usage, ttft_ms: ttft, endpoint, model_version: model, request_id: request } = item;
  const tokens = [usage?.input_tokens, usage?.output_tokens].map((count) => formatNumber(count ?? 0));
  const facts: readonly (readonly [name: string, value: string | null])[] = [
    [text.startedAt, dateAndTime(row.started_at)],
    [text.took, duration(row.duration_ms)],
    [text.ttft, ttft === null ? null : duration(ttft)],
    [text.tokens, usage === null ? null : words().figures.tokensSplit(tokens[0] ?? "", tokens[1] ?? "")],
    [text.cost, usage?.cost === undefined ? null : cost(usage.cost)],
    [text.endpoint, endpoint],
    [text.model, model],
    [text.request, request],
    [text.marks, row.marks.length === 0 ? null : row.marks.map(kindName).join(", ")],
  ];
  return (
    <Section title={text.facts}>
      <dl class="details">
        {facts.map(([name, value]) =>
          value === null ? null : (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{plainLine(value)}</dd>
            </div>
          ),
        )}
        <Repeats item={item} />
      </dl>
    </Section>
  );
}

/** The other answers of the same item. */
function Repeats({ item: { repeats, row } }: { readonly item: ItemView }): VNode | null {
  const store = useStore();
  const { item: text, table } = words();
  if (repeats.length < 2) return null;
  return (
    <div>
      <dt>{text.repeats}</dt>
      <dd class="repeats">
        {repeats.map(({ repeat, ref, status }) => (
          <a
            key={ref}
            class={`dot ${status === "ok" ? "ok" : "bad"}`}
            href={store.link({ item: ref })}
            {...(ref === row.ref ? { "aria-current": "true" as const } : null)}
          >
            {table.answer(repeat)}
          </a>
        ))}
      </dd>
    </div>
  );
}

function Record({ record }: { readonly record: string }): VNode {
  const { item: text } = words();
  return (
    <details class="record">
      <summary>{text.record}</summary>
      <CopyButton text={record} what={text.record} />
      <TextBlock text={record} mono />
    </details>
  );
}
