import { expect, test } from "bun:test";
import { RateMeter } from "../../lib/run/rate.ts";

test("there is no rate until something has come", () => {
  const meter = new RateMeter();
  expect(meter.perSecond()).toBeNull();
  meter.sample(0, 0);
  meter.sample(10_000, 0);
  expect(meter.perSecond()).toBeNull();
});

test("the rate is that of the last half minute, not of the whole run", () => {
  const meter = new RateMeter();
  for (let s = 0; s <= 100; s++) meter.sample(s * 1000, s * 1000);
  for (let s = 101; s <= 140; s++) meter.sample(s * 1000, 100_000 + (s - 100) * 10);
  expect(meter.perSecond()).toBe(10);
});

test("samples in quick succession count to the last one", () => {
  const meter = new RateMeter();
  for (let ms = 0; ms <= 2000; ms++) meter.sample(ms, ms * 3);
  expect(meter.perSecond()).toBe(3000);
});
