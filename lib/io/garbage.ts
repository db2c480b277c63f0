// Keeps resident memory flat over a long run. The runtime lets garbage grow to the size of all that lives before it collects it, typed arrays included,
// and keeps the pages: a run of a million items took twice the memory it needed.

/** Growth since the last collection that calls for another: this, and a part of what there was then. */
const GROWTH_BYTES_MIN = 16 << 20;
const GROWTH_PART = 1 / 8;
/** After a collection of `d` ms there is none for 8 `d`: a module may hold gigabytes. */
const REST_FACTOR = 8;

let leastBytes = Number.POSITIVE_INFINITY;
let notBeforeMs = 0;

/** Collects garbage if memory has grown by much; else looks at its size only (10 µs). */
export function collectGarbage(): void {
  const bytes = process.memoryUsage.rss();
  leastBytes = Math.min(leastBytes, bytes);
  if (bytes - leastBytes < Math.max(GROWTH_BYTES_MIN, leastBytes * GROWTH_PART)) return;
  const startMs = performance.now();
  if (startMs < notBeforeMs) return;
  Bun.gc(true);
  const endMs = performance.now();
  notBeforeMs = endMs + (endMs - startMs) * REST_FACTOR;
  leastBytes = process.memoryUsage.rss();
}
