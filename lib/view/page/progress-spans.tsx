// The parts of a bar of progress that are filled: what is done, and what has failed.
import type { VNode } from "preact";

type Counts = { readonly completed: number; readonly failed: number; readonly total: number };

export function ProgressSpans({ completed, failed, total }: Counts): VNode {
  const share = (count: number): string => `${total === 0 ? 0 : (100 * count) / total}%`;
  return (
    <>
      <span class="done" style={{ width: share(completed) }} />
      <span class="failed" style={{ width: share(failed) }} />
    </>
  );
}
