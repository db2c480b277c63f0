// The state of the job in a word or two, with a mark while it is live; and the colours of states.
import type { VNode } from "preact";
import type { ViewState } from "../page-contract.ts";
import { useStore } from "./use-store.ts";
import { words } from "./words.ts";

export type Tone = "ok" | "bad" | "wait" | "active" | "plain";

export function toneOf(state: ViewState): Tone {
  switch (state) {
    case "complete":
      return "ok";
    case "finished":
    case "interrupted":
      return "bad";
    case "paused":
    case "stopping":
    case "stopped":
      return "wait";
    case "running":
    case "ending":
      return "active";
    case "empty":
      return "plain";
  }
}

export function StateChip(): VNode | null {
  const { overview, connection } = useStore();
  if (overview.value === null) return null;
  const { state, live } = overview.value;
  const isLive = live && connection.value === "connected";
  return (
    <span class={`chip ${toneOf(state)}`}>
      {isLive ? <span class="pulse" aria-hidden="true" /> : null}
      {words().states[state]}
    </span>
  );
}
