// Tells a screen reader how far the job is: when its state changes, and at most once in 20 s. It does not interrupt what is being read.
import { effect } from "@preact/signals";
import type { VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useStore } from "./use-store.ts";
import { words } from "./words.ts";

const EVERY_MS = 20_000;

export function Announcer(): VNode {
  const store = useStore();
  const [text, setText] = useState("");
  useEffect(() => {
    let last = { state: "", completed: -1, atMs: 0 };
    let wasLost = false;
    return effect(() => {
      // A lost connection is a visible notice, which is read, too.
      if (wasLost && store.connection.value === "connected") setText(words().connection.regained);
      wasLost = store.connection.value === "lost";
      const overview = store.overview.value;
      if (overview === null) return;
      const { state, completed, failed, total, percent } = overview;
      const nowMs = Date.now();
      const isDue = state !== last.state || (completed !== last.completed && nowMs - last.atMs >= EVERY_MS);
      if (!isDue) return;
      last = { state, completed, atMs: nowMs };
      const { states, progress } = words();
      setText(`${states[state]}. ${progress.announce(`${percent.toFixed(1)}%`, completed, total, failed)}`);
    });
  }, [store]);
  return (
    <div class="unseen" role="status" aria-live="polite">
      {text}
    </div>
  );
}
