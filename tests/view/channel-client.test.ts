// What is made of a live channel that does not answer as it should.
import { afterEach, expect, spyOn, test } from "bun:test";
import type { Checkpoint } from "../../lib/checkpoint/checkpoint.ts";
import { rejection } from "../helpers/rejection.ts";
import { askStatus, statusIfRunning } from "../../lib/view/channel/client.ts";

const checkpoint = {
  paths: { dir: "checkpoints" },
  socket: () => "checkpoints/run.sock",
  holder: () => ({ pid: 4711, host: "vm", started_at: "2026-11-23T20:00:00.000Z" }),
} as unknown as Checkpoint;

let fetching: { mockRestore(): void } | null = null;
afterEach(() => fetching?.mockRestore());

test.each([
  ["absent", "ENOENT"],
  ["absent", "ECONNREFUSED"],
  ["forbidden", "EACCES"],
] as const)("it is %s where connecting to it fails with %s", async (problem, code) => {
  fetching = spyOn(globalThis, "fetch").mockRejectedValue(Object.assign(new Error(code), { code }));
  expect(await rejection(askStatus(checkpoint))).toMatchObject({
    code: "checkpoint.noChannel",
    params: { pid: 4711, problem },
  });
  expect(await statusIfRunning(checkpoint)).toBeNull();
});
