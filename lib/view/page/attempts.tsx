// All attempts for an item, the oldest first.
import type { VNode } from "preact";
import type { AttemptView, ItemView } from "../page-contract.ts";
import { dateAndTime } from "./clock-text.ts";
import { plainLines } from "./plain-text.ts";
import { causeText, kindName, words } from "./words.ts";

export function Attempts({ item: { attempts, row } }: { readonly item: ItemView }): VNode | null {
  const { item: text } = words();
  if (attempts.length === 0) return null;
  const notKept = Math.max(0, row.attempts - attempts.length);
  return (
    <section>
      <div class="head">
        <h3>{text.attempts}</h3>
      </div>
      {notKept === 0 ? null : <p class="empty">{text.notKept(notKept)}</p>}
      <ol class="attempts">
        {attempts.map((attempt, at) => (
          <Attempt key={at} attempt={attempt} number={notKept + at + 1} />
        ))}
      </ol>
    </section>
  );
}

function Attempt({ attempt, number }: { readonly attempt: AttemptView; readonly number: number }): VNode {
  const { item: text, duration } = words();
  const { started_at: startedAt, duration_ms: took, status, error, waited_ms: waited } = attempt;
  return (
    <li>
      <span class={`dot ${status === "ok" ? "ok" : "bad"}`}>{text.attempt(number)}</span>
      <span class="what">
        {status === "ok" ? text.succeeded : <b>{error === null ? "" : kindName(error.kind)}</b>}
        {error?.message === undefined ? null : ` ${plainLines(causeText(error.message))}`}
      </span>
      <small>
        {[
          ...(startedAt === null ? [] : [dateAndTime(startedAt)]),
          ...(took === null ? [] : [duration(took)]),
          ...(waited === null ? [] : [text.waited(duration(waited))]),
        ].join(" · ")}
      </small>
    </li>
  );
}
