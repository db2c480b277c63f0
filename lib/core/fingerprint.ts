// The fingerprint: everything that the results depend on, in named parts, so that a change can be shown part by part.
import type { Of } from "./shape.ts";

export const FINGERPRINT = {
  /** First 8 hex digits of the SHA-256 over all parts. Each record has it. */
  id: "string",
  /** `value` is compared; `shown` is displayed and never holds a secret or a file's content. */
  parts: [{ name: "string", value: "string", shown: "string" }],
} as const;
export type Fingerprint = Of<typeof FINGERPRINT>;
export type FingerprintPart = Fingerprint["parts"][number];

/** A part as the processor gives it. `earlier`: the value that an earlier version of ckpt recorded for the same thing. */
export type PresentPart = FingerprintPart & { readonly earlier?: string };

/** The fingerprint of a run. `earlier`: the same fingerprint as earlier versions of ckpt would have recorded it. */
export type PresentFingerprint = { readonly recorded: Fingerprint; readonly earlier: readonly Fingerprint[] };

export type PartChange = {
  readonly name: string;
  readonly before: string | null;
  readonly after: string | null;
};

/** @param idOf makes a fingerprint's id of its text */
export function presentFingerprint(
  parts: readonly PresentPart[],
  idOf: (text: string) => string,
): PresentFingerprint {
  const spellings = parts.reduce<readonly (readonly FingerprintPart[])[]>(
    (begun, { earlier, ...part }) =>
      begun.flatMap((before) => {
        const same = [...before, part];
        return earlier === undefined || earlier === part.value
          ? [same]
          : [same, [...before, { ...part, value: earlier }]];
      }),
    [[]],
  );
  const [recorded, ...others] = spellings.map((spelt) => ({
    id: idOf(fingerprintText(spelt)),
    parts: spelt,
  }));
  return { recorded: recorded ?? { id: idOf(fingerprintText([])), parts: [] }, earlier: others };
}

/** Whether the recorded fingerprint is that of this run, as this version or an earlier one records it. */
export function isSameFingerprint(recorded: Pick<Fingerprint, "id">, present: PresentFingerprint): boolean {
  return [present.recorded, ...present.earlier].some(({ id }) => id === recorded.id);
}

/** The parts that have changed; empty when nothing has. A part in the form of an earlier version counts as unchanged. */
export function changesSince(recorded: Fingerprint, present: PresentFingerprint): readonly PartChange[] {
  if (isSameFingerprint(recorded, present)) return [];
  const changes = [present.recorded, ...present.earlier].map((spelt) => changedParts(recorded, spelt));
  return changes.reduce((fewest, other) => (other.length < fewest.length ? other : fewest));
}

/** Parts that differ, in the order of the new fingerprint, then the removed ones. A `shown` text of null means that the part is absent. */
function changedParts(before: Fingerprint, after: Fingerprint): PartChange[] {
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
function fingerprintText(parts: readonly FingerprintPart[]): string {
  const pairs = parts.map((part) => [part.name, part.value] as const);
  return JSON.stringify(pairs.toSorted((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0)));
}
