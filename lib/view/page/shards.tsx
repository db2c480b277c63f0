// The shards of a job: a line each, and how many have not begun.
import type { VNode } from "preact";
import { formatNumber, formatPercent } from "../../ui/format.ts";
import type { ShardLine } from "../page-contract.ts";
import { ProgressSpans } from "./progress-spans.tsx";
import { toneOf } from "./state-chip.tsx";
import { useStore } from "./use-store.ts";
import { words } from "./words.ts";

export function Shards({ shards }: { readonly shards: readonly ShardLine[] }): VNode {
  const { facts, figures, progress } = words();
  const notBegun = (shards[0]?.count ?? 0) - shards.length;
  return (
    <section class="shards">
      <h2>{facts.shards}</h2>
      <table>
        <thead>
          <tr>
            <th scope="col">{facts.shard}</th>
            <th scope="col">{facts.state}</th>
            <th scope="col">{progress.title}</th>
            <th scope="col" class="number">
              {figures.done}
            </th>
            <th scope="col" class="number">
              {figures.failed}
            </th>
            <th scope="col" class="number">
              {figures.pending}
            </th>
          </tr>
        </thead>
        <tbody>
          {shards.map((shard) => (
            <Line key={shard.index} shard={shard} />
          ))}
        </tbody>
      </table>
      {notBegun > 0 ? <p class="empty">{facts.notBegun(notBegun)}</p> : null}
    </section>
  );
}

function Line({ shard }: { readonly shard: ShardLine }): VNode {
  const store = useStore();
  const { figures, states } = words();
  const { source, index, count, state, completed, failed, total } = shard;
  const name = `${index}/${count}`;
  const counts = [
    [figures.done, completed],
    [figures.failed, failed],
    [figures.pending, Math.max(0, total - completed - failed)],
  ] as const;
  return (
    <tr>
      <th scope="row">
        {store.data.saved === null && source !== null ? (
          <a href={store.link({ source, filter: {}, item: null })}>{name}</a>
        ) : (
          name
        )}
      </th>
      <td>
        <span class={`chip ${toneOf(state)}`}>{states[state]}</span>
      </td>
      <td>
        <span class="meter" aria-hidden="true">
          <ProgressSpans completed={completed} failed={failed} total={total} />
        </span>
        {formatPercent(completed, total)}
      </td>
      {counts.map(([label, value]) => (
        <td key={label} class="number" data-label={label}>
          {formatNumber(value)}
        </td>
      ))}
    </tr>
  );
}
