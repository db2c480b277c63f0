// The shards of a job: a line each.
import type { VNode } from "preact";
import { formatNumber, formatPercent } from "../../ui/format.ts";
import type { ShardLine } from "../page-data.ts";
import { toneOf } from "./state-chip.tsx";
import { useStore } from "./use-store.ts";
import { words } from "./words.ts";

export function Shards({ shards }: { readonly shards: readonly ShardLine[] }): VNode {
  const store = useStore();
  const { facts, progress, states } = words();
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
              {progress.done}
            </th>
            <th scope="col" class="number">
              {progress.failed}
            </th>
          </tr>
        </thead>
        <tbody>
          {shards.map(({ source, index, count, state, completed, failed, total }) => (
            <tr key={source}>
              <th scope="row">
                {store.data.saved === null ? (
                  <a href={store.link({ source, filter: {}, item: null })}>{`${index}/${count}`}</a>
                ) : (
                  `${index}/${count}`
                )}
              </th>
              <td>
                <span class={`chip ${toneOf(state)}`}>{states[state]}</span>
              </td>
              <td>
                <span class="meter" aria-hidden="true">
                  <span style={{ width: formatPercent(completed, total) }} />
                </span>
                {formatPercent(completed, total)}
              </td>
              <td class="number">{formatNumber(completed)}</td>
              <td class="number">{formatNumber(failed)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
