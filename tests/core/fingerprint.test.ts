import { expect, test } from "bun:test";
import { changedParts, type Fingerprint, fingerprintText } from "../../lib/core/fingerprint.ts";

const part = (name: string, value: string, shown: string = value) => ({ name, value, shown });
const print = (...parts: Fingerprint["parts"]): Fingerprint => ({ id: "00000000", parts });

test("changed, new and removed parts are told, in the order of the new fingerprint", () => {
  const before = print(part("kind", "command"), part("argv", "a", "old"), part("parse", "text"));
  const after = print(part("model", "m"), part("argv", "b", "new"), part("kind", "command"));
  expect(changedParts(before, after)).toEqual([
    { name: "model", before: null, after: "m" },
    { name: "argv", before: "old", after: "new" },
    { name: "parse", before: "text", after: null },
  ]);
});

test("a part of the same value is the same, however it is shown", () => {
  expect(changedParts(print(part("a", "1", "one")), print(part("a", "1", "eins")))).toEqual([]);
});

test("the text does not depend on the order of the parts, and values cannot run into each other", () => {
  expect(fingerprintText([part("b", "2"), part("a", "1")])).toBe(
    fingerprintText([part("a", "1"), part("b", "2")]),
  );
  expect(fingerprintText([part("a", '1"],["b","2')])).not.toBe(
    fingerprintText([part("a", "1"), part("b", "2")]),
  );
});
