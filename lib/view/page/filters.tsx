// The filters of the results: search, status and order; kind of failure, mark and field on demand. A reason that was chosen in the overview is shown as a button that removes it.
import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { formatNumber } from "../../ui/format.ts";
import type { Filter, ValueCount } from "../page-contract.ts";
import { Icon } from "./icons.tsx";
import { focusSoon, SEARCH_ID, TABLE_ID } from "./focus.ts";
import { plainLine } from "./plain-text.ts";
import { FILTER_TEXT_MAX, withoutKey } from "./route.ts";
import type { RowCache } from "./row-cache.ts";
import { useStore } from "./use-store.ts";
import { causeText, kindName, words } from "./words.ts";

/** A search begins when nothing has been typed for so long. */
const TYPING_MS = 200;

export function Filters({ cache }: { readonly cache: RowCache }): VNode {
  const store = useStore();
  const { filters } = words();
  const { filter } = store.route.value;
  const [isMore, setMore] = useState(
    filter.kind !== undefined || filter.mark !== undefined || filter.where !== undefined,
  );
  return (
    <search class="filters" aria-label={filters.title}>
      <div class="line">
        <TextFilter name="search" id={SEARCH_ID} label={filters.search} icon />
        <StatusChoice />
        <SortChoice />
        <button type="button" class="quiet" aria-expanded={isMore} onClick={() => setMore(!isMore)}>
          {filters.more}
        </button>
        <Count cache={cache} />
      </div>
      {isMore ? (
        <div class="line">
          <ValueChoice name="kind" label={filters.kind} values={store.overview.value?.kinds ?? []} />
          <ValueChoice name="mark" label={filters.mark} values={store.overview.value?.marks ?? []} />
          <TextFilter name="where" id="where" label={filters.where} hint={filters.whereHint} />
        </div>
      ) : null}
      <Fault text={cache.isBad ? filters.badWhere : cache.fault.value} />
      <Conditions />
    </search>
  );
}

function Fault({ text }: { readonly text: string }): VNode | null {
  if (text === "") return null;
  return (
    <p class="fault" role="alert">
      {plainLine(text)}
    </p>
  );
}

/** `filter` with another value for one of its keys; an empty one removes it. */
function withValue(filter: Filter, key: "search" | "where" | "kind" | "mark", value: string): Filter {
  return value === "" ? withoutKey(filter, key) : { ...filter, [key]: value };
}

type TextFilterProps = {
  readonly name: "search" | "where";
  readonly id: string;
  readonly label: string;
  readonly hint?: string;
  readonly icon?: true;
};

function TextFilter({ name, id, label, hint, icon }: TextFilterProps): VNode {
  const store = useStore();
  const wanted = store.route.value.filter[name] ?? "";
  const [text, setText] = useState(wanted);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  // What was typed last and not asked for yet is newer than the route.
  useEffect(() => setText(wanted), [wanted]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const ask = (value: string): void => {
    clearTimeout(timer.current);
    store.filter(withValue(store.route.peek().filter, name, value));
  };
  return (
    <label class={`field ${name}`}>
      <span class={icon ? "unseen" : ""}>{label}</span>
      {icon ? <Icon name="search" /> : null}
      <input
        id={id}
        type="search"
        autocomplete="off"
        spellcheck={false}
        maxLength={FILTER_TEXT_MAX}
        placeholder={hint ?? label}
        value={text}
        onInput={(event) => {
          const { value } = event.currentTarget;
          setText(value);
          clearTimeout(timer.current);
          timer.current = setTimeout(() => ask(value), TYPING_MS);
        }}
        onChange={(event) => ask(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || event.isComposing) return;
          ask(event.currentTarget.value);
          focusSoon(TABLE_ID);
        }}
      />
    </label>
  );
}

function StatusChoice(): VNode {
  const store = useStore();
  const { filters } = words();
  const { filter } = store.route.value;
  const choices = [
    ["", filters.all],
    ["ok", filters.ok],
    ["failed", filters.failed],
  ] as const;
  return (
    <fieldset class="choice">
      <legend class="unseen">{filters.status}</legend>
      {choices.map(([value, label]) => (
        <label key={value}>
          <input
            type="radio"
            name="status"
            checked={(filter.status ?? "") === value}
            onChange={() =>
              store.filter(value === "" ? withoutKey(filter, "status") : { ...filter, status: value })
            }
          />
          <span>{label}</span>
        </label>
      ))}
    </fieldset>
  );
}

function SortChoice(): VNode {
  const store = useStore();
  const { filters } = words();
  const { filter } = store.route.value;
  return (
    <select
      aria-label={filters.sort}
      value={filter.sort ?? "input"}
      onChange={(event) => {
        const sort = event.currentTarget.value as NonNullable<Filter["sort"]>;
        store.filter(sort === "input" ? withoutKey(filter, "sort") : { ...filter, sort });
      }}
    >
      {(["input", "newest", "slowest"] as const).map((sort) => (
        <option key={sort} value={sort}>
          {filters.sorts[sort]}
        </option>
      ))}
    </select>
  );
}

type ValueChoiceProps = {
  readonly name: "kind" | "mark";
  readonly label: string;
  readonly values: readonly ValueCount[];
};

function ValueChoice({ name, label, values }: ValueChoiceProps): VNode {
  const store = useStore();
  const { filters } = words();
  const { filter } = store.route.value;
  const chosen = filter[name] ?? "";
  const known = values.some(({ value }) => value === chosen);
  const options = known || chosen === "" ? values : [...values, { value: chosen, count: 0 }];
  return (
    <label class="field">
      <span>{label}</span>
      <select
        value={chosen}
        onChange={(event) => store.filter(withValue(filter, name, event.currentTarget.value))}
      >
        <option value="">{filters.any}</option>
        {options.map(({ value, count }) => (
          <option key={value} value={value}>
            {`${plainLine(kindName(value))} (${formatNumber(count)})`}
          </option>
        ))}
      </select>
    </label>
  );
}

function Count({ cache }: { readonly cache: RowCache }): VNode | null {
  const counts = cache.counts.value;
  const store = useStore();
  if (counts === null) return null;
  const { counts: text } = words();
  const { sort: _sort, ...conditions } = store.route.value.filter;
  const isFiltered = Object.keys(conditions).length > 0;
  return (
    <p class="matching" role="status">
      {isFiltered ? text.matching(counts.matching, counts.total) : text.results(counts.total)}
      {counts.searched < counts.total ? (
        <small>{(isFiltered ? text.searching : text.reading)(counts.searched, counts.total)}</small>
      ) : null}
    </p>
  );
}

/** The reason of failures that was chosen elsewhere, and a way to remove all conditions. */
function Conditions(): VNode | null {
  const store = useStore();
  const { filters } = words();
  const { filter } = store.route.value;
  if (filter.group === undefined) return null;
  const group = store.overview.value?.errors.find((one) => one.group === filter.group);
  const text =
    group === undefined ? filters.reason : `${kindName(group.kind)}: ${plainLine(causeText(group.message))}`;
  return (
    <ul class="conditions">
      <li>
        <button
          type="button"
          class="condition"
          aria-label={filters.remove(text)}
          onClick={() => store.filter(withoutKey(filter, "group"))}
        >
          <span>{text}</span>
          <Icon name="close" />
        </button>
      </li>
      <li>
        <button type="button" class="quiet" onClick={() => store.filter({})}>
          {filters.clear}
        </button>
      </li>
    </ul>
  );
}
