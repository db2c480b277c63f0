// How long a refused request is asked to wait, from the headers of the answer. retry-after-ms wins over Retry-After (RFC 9110: seconds or a
// date), that over x-ratelimit-reset-requests, -tokens and a plain x-ratelimit-reset (as OpenAI writes them: `1s`, `6m0s`, `120ms`; others:
// seconds, or seconds or milliseconds since the epoch).

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Seconds as large as this are a time since the epoch (2001 and later). */
const EPOCH_SECONDS_MIN = 1_000_000_000;
/** And as large as this, milliseconds (OpenRouter). */
const EPOCH_MS_MIN = 1_000_000_000_000;

/**
 * @param header gives a header's value; null without it
 * @param nowMs milliseconds since the epoch, for dates
 * @returns milliseconds, at least 0; null when the headers say nothing
 */
export function askedWaitMs(header: (name: string) => string | null, nowMs: number): number | null {
  const exact = numberOf(header("retry-after-ms"));
  if (exact !== null) return exact;
  const after = header("retry-after");
  if (after !== null) {
    const seconds = numberOf(after);
    if (seconds !== null) return seconds * 1000;
    const atMs = Date.parse(after);
    if (!Number.isNaN(atMs)) return Math.max(0, atMs - nowMs);
  }
  const resets = ["-requests", "-tokens", ""].flatMap((name) => {
    const waitMs = resetMs(header(`x-ratelimit-reset${name}`), nowMs);
    const spent = numberOf(header(`x-ratelimit-remaining${name}`)) === 0;
    return waitMs === null ? [] : [{ waitMs, spent }];
  });
  // The limit that was hit, where the answer tells; else the longer one.
  const hit = resets.some(({ spent }) => spent) ? resets.filter(({ spent }) => spent) : resets;
  return hit.length === 0 ? null : Math.max(...hit.map(({ waitMs }) => waitMs));
}

function numberOf(text: string | null): number | null {
  return text !== null && /^\s*\d{1,15}(?:\.\d+)?\s*$/.test(text) ? Number(text) : null;
}

function resetMs(text: string | null, nowMs: number): number | null {
  const seconds = numberOf(text);
  if (seconds !== null) {
    if (seconds >= EPOCH_MS_MIN) return Math.max(0, seconds - nowMs);
    return seconds >= EPOCH_SECONDS_MIN ? Math.max(0, seconds * 1000 - nowMs) : seconds * 1000;
  }
  if (text === null || !/^(?:\d+(?:\.\d+)?(?:ms|[smhd]))+$/.test(text)) return null;
  return [...text.matchAll(/(\d+(?:\.\d+)?)(ms|[smhd])/g)].reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * (UNIT_MS[unit ?? ""] ?? 0),
    0,
  );
}
