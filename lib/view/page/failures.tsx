// Failures by reason: each leads to its results.
import type { VNode } from "preact";
import { formatNumber } from "../../ui/format.ts";
import type { FailureGroup, Overview } from "../page-contract.ts";
import { plainLine } from "./plain-text.ts";
import { useStore } from "./use-store.ts";
import { causeText, kindName, words } from "./words.ts";

export function Failures({ overview }: { readonly overview: Overview }): VNode | null {
  const { failures } = words();
  const { errors } = overview;
  const largest = Math.max(1, ...errors.map(({ count }) => count));
  return (
    <section class="failures">
      <h2>{failures.title}</h2>
      {errors.length === 0 ? (
        <p class="empty">{failures.none}</p>
      ) : (
        <ul>
          {errors.map((group, at) => (
            <Failure key={group.group ?? at} group={group} largest={largest} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Failure({ group, largest }: { readonly group: FailureGroup; readonly largest: number }): VNode {
  const store = useStore();
  const { failures } = words();
  const { kind, count, item, message } = group;
  const content = (
    <>
      <span class="number">{formatNumber(count)}</span>
      <span class="what">
        <b>{group.group === null ? failures.others : kindName(kind)}</b>
        {message === "" ? null : <span>{plainLine(causeText(message))}</span>}
        {item === "" ? null : <small>{failures.item(plainLine(item))}</small>}
      </span>
      <span class="share" aria-hidden="true">
        <span style={{ width: `${(100 * count) / largest}%` }} />
      </span>
    </>
  );
  if (group.group === null)
    return (
      <li>
        <div class="row">{content}</div>
      </li>
    );
  return (
    <li>
      <a
        class="row"
        href={store.link({ view: "results", filter: { group: group.group }, item: null })}
        title={failures.show(count)}
      >
        {content}
      </a>
    </li>
  );
}
