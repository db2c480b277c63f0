import { expect, test } from "bun:test";
import {
  changesSince,
  type Fingerprint,
  type FingerprintPart,
  isSameFingerprint,
  presentFingerprint,
  type PresentPart,
} from "../../lib/core/fingerprint.ts";

const part = (name: string, value: string, shown: string = value): FingerprintPart => ({
  name,
  value,
  shown,
});
/** Here the text itself is the id. */
const present = (...parts: readonly PresentPart[]): ReturnType<typeof presentFingerprint> =>
  presentFingerprint(parts, (text) => text);
const recorded = (...parts: readonly FingerprintPart[]): Fingerprint => present(...parts).recorded;

test("changed, new and removed parts are told, in the order of the new fingerprint", () => {
  const before = recorded(part("kind", "command"), part("argv", "a", "old"), part("parse", "text"));
  const after = present(part("model", "m"), part("argv", "b", "new"), part("kind", "command"));
  expect(changesSince(before, after)).toEqual([
    { name: "model", before: null, after: "m" },
    { name: "argv", before: "old", after: "new" },
    { name: "parse", before: "text", after: null },
  ]);
});

test("a part of the same value is the same, however it is shown", () => {
  expect(changesSince(recorded(part("a", "1", "one")), present(part("a", "1", "eins")))).toEqual([]);
});

test("the id does not depend on the order of the parts, and values cannot run into each other", () => {
  const id = (...parts: readonly FingerprintPart[]): string => recorded(...parts).id;
  expect(id(part("b", "2"), part("a", "1"))).toBe(id(part("a", "1"), part("b", "2")));
  expect(id(part("a", '1"],["b","2'))).not.toBe(id(part("a", "1"), part("b", "2")));
});

test("what an earlier ckpt recorded for the same parts is the same, each part by itself", () => {
  const now = present(
    { ...part("prompt", "p"), earlier: "p\n" },
    part("model", "m"),
    { ...part("system", "s"), earlier: "s\n" },
    { ...part("answer", "text"), earlier: "text" },
  );
  expect(now.earlier).toHaveLength(3);
  expect(now.recorded.parts.map((each) => Object.keys(each))).toEqual(
    Array.from({ length: 4 }, () => ["name", "value", "shown"]),
  );
  const as = (prompt: string, system: string, model = "m"): Fingerprint =>
    recorded(part("prompt", prompt), part("model", model), part("system", system), part("answer", "text"));
  for (const same of [as("p", "s"), as("p\n", "s"), as("p", "s\n"), as("p\n", "s\n")]) {
    expect(isSameFingerprint(same, now)).toBe(true);
    // After a repair the id alone is known.
    expect(changesSince({ id: same.id, parts: [] }, now)).toEqual([]);
  }
  expect(isSameFingerprint(as("p\n\n", "s"), now)).toBe(false);
  expect(changesSince(as("p\n", "s", "other"), now)).toEqual([
    { name: "model", before: "other", after: "m" },
  ]);
});
