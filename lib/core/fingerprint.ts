// The fingerprint: what the results depend on, in named parts, so that a change can be shown part by part.

/** One part. `value` is what is compared; `shown` what people see (a secret or a file's content never stands in it). */
export type FingerprintPart = { readonly name: string; readonly value: string; readonly shown: string };

export type Fingerprint = {
  /** First 8 hex digits of the SHA-256 over all parts; stands in each record. */
  readonly id: string;
  readonly parts: readonly FingerprintPart[];
};

export type PartChange = {
  readonly name: string;
  readonly before: string | null;
  readonly after: string | null;
};

/** Parts that differ, in the order of the new fingerprint, then those that are gone. Shapes: `shown` texts, null = absent. */
export function changedParts(before: Fingerprint, after: Fingerprint): PartChange[] {
  const old = new Map(before.parts.map((part) => [part.name, part]));
  const names = new Set(after.parts.map((part) => part.name));
  const changes: PartChange[] = [];
  for (const part of after.parts) {
    const was = old.get(part.name);
    if (was?.value === part.value) continue;
    changes.push({ name: part.name, before: was?.shown ?? null, after: part.shown });
  }
  for (const part of before.parts) {
    if (!names.has(part.name)) changes.push({ name: part.name, before: part.shown, after: null });
  }
  return changes;
}

/** The text whose SHA-256 gives the fingerprint's id: a JSON array of [name, value], sorted by name. */
export function fingerprintText(parts: readonly FingerprintPart[]): string {
  const pairs = parts.map((part) => [part.name, part.value] as const);
  return JSON.stringify(pairs.toSorted((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0)));
}
