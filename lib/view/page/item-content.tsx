// What the pane shows of an item: output, error, input, all attempts, facts, and its record as it is stored.
import type { ComponentChildren, VNode } from "preact";
import type { ItemError } from "../../core/record.ts";
import { formatNumber } from "../../ui/format.ts";
import type { ItemView } from "../page-contract.ts";
import { Attempts } from "./attempts.tsx";
import { dateAndTime } from "./clock-text.ts";
import { CopyButton } from "./copy-button.tsx";
import { plainLine, plainLines } from "./plain-text.ts";
import { TextBlock } from "./text-block.tsx";
import { useStore } from "./use-store.ts";
import { ValueView } from "./value-view.tsx";
import { causeText, inLanguage, kindName, words } from "./words.ts";

export function ItemContent({ item }: { readonly item: ItemView }): VNode {
  const { item: text } = words();
  const { row, output_json: output, input_json: input, error, stderr } = item;
  // The input may have been edited since the last run.
  const uncounted = row.uncounted ?? (item.changed ? "changed" : undefined);
  return (
    <>
      {row.damaged === true ? <p class="notice bad">{text.damaged}</p> : null}
      {uncounted === undefined ? null : <p class="notice wait">{text.uncounted[uncounted]}</p>}
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
