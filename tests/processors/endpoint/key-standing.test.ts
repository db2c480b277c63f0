import { describe, expect, test } from "bun:test";
import { KeyStanding } from "../../../lib/processors/endpoint/key-standing.ts";

const running = new AbortController().signal;

describe("a 403", () => {
  test("is about the key when nothing has succeeded with it", async () => {
    const key = new KeyStanding();
    key.begin();
    expect(await key.isGood(false, running)).toBe(false);
  });

  test("is about the item after a success, in this run or an earlier one", async () => {
    const key = new KeyStanding();
    key.begin();
    key.end(true);
    key.begin();
    expect(await key.isGood(false, running)).toBe(true);
    expect(await new KeyStanding().isGood(true, running)).toBe(true);
  });

  test("waits for what else is in flight: an answer there makes it one about the item", async () => {
    const key = new KeyStanding();
    for (let i = 0; i < 3; i++) key.begin();
    const verdicts = [key.isGood(false, running), key.isGood(false, running)];
    key.end(true);
    expect(await Promise.all(verdicts)).toEqual([true, true]);
  });

  test("is about the key when all that was in flight got no answer", async () => {
    const key = new KeyStanding();
    for (let i = 0; i < 3; i++) key.begin();
    const first = key.isGood(false, running);
    key.end(false);
    expect(await Promise.all([first, key.isGood(false, running)])).toEqual([false, false]);
  });

  test("waits no longer when the run is being stopped", async () => {
    const key = new KeyStanding();
    const stopping = new AbortController();
    key.begin();
    key.begin();
    const verdict = key.isGood(false, stopping.signal);
    stopping.abort();
    expect(await verdict).toBe(false);
  });

  test("is about the key again after ten in a row, until an answer comes", async () => {
    const key = new KeyStanding();
    key.begin();
    key.end(true);
    for (let i = 0; i < 10; i++) {
      expect(await key.isGood(false, running)).toBe(true);
      key.forbidden();
    }
    expect(await key.isGood(false, running)).toBe(false);
    key.begin();
    key.end(true);
    expect(await key.isGood(false, running)).toBe(true);
  });
});
