import { describe, expect, test } from "bun:test";
import { KeyStatus } from "../../../lib/processors/endpoint/key-status.ts";

describe("a 403", () => {
  test("is about the key while nothing has succeeded with it", () => {
    expect(new KeyStatus().isGood(false)).toBe(false);
  });

  test("is about the item after a success, in this run or an earlier one", () => {
    const key = new KeyStatus();
    key.answered();
    expect(key.isGood(false)).toBe(true);
    expect(new KeyStatus().isGood(true)).toBe(true);
  });

  test("is about the key again after ten in a row, until an answer comes", () => {
    const key = new KeyStatus();
    key.answered();
    for (let i = 0; i < 10; i++) {
      expect(key.isGood(false)).toBe(true);
      key.forbidden();
    }
    expect(key.isGood(false)).toBe(false);
    key.answered();
    expect(key.isGood(false)).toBe(true);
  });
});
