// Keeps resident memory flat over a long run. By itself, the runtime lets garbage (typed arrays included) grow to the size of the live heap before it
// collects, and keeps the pages: a run of a million items took twice the memory it needed.

/** Growth since the last collection that triggers another one: at least this, and at least a part of the memory then in use. */
const GROWTH_BYTES_MIN = 16 << 20;
const GROWTH_PART = 1 / 8;
/** After a collection that took `d` ms there is none for 8 `d`: a module may hold gigabytes. */
const REST_FACTOR = 8;

let leastBytes = Number.POSITIVE_INFINITY;
let notBeforeMs = 0;

/** Collects at once, when large tables have just been released and a long synchronous loop is next. With few objects it takes some milliseconds. */
export function collectReleased(): void {
  Bun.gc(true);
  leastBytes = process.memoryUsage.rss();
}

/**
 * Collects garbage if memory has grown much; otherwise it only reads its size (10 µs).
 * @param restFactor 0: there are few objects, whatever the number of items, so that a collection is short
 */
export function collectGarbage(restFactor: number = REST_FACTOR): void {
  const bytes = process.memoryUsage.rss();
  leastBytes = Math.min(leastBytes, bytes);
  if (bytes - leastBytes < Math.max(GROWTH_BYTES_MIN, leastBytes * GROWTH_PART)) return;
  const startMs = performance.now();
  if (startMs < notBeforeMs) return;
  Bun.gc(true);
  const endMs = performance.now();
  notBeforeMs = endMs + (endMs - startMs) * restFactor;
  leastBytes = process.memoryUsage.rss();
}
