// The live channel towards those who read its events: what is made and sent does not grow with readers that do not read.
import { expect, test } from "bun:test";
import * as net from "node:net";
import * as path from "node:path";
import { realFileSystem } from "../../lib/io/fs.ts";
import type { Summary } from "../../lib/run/progress.ts";
import { type LiveJob, openChannel } from "../../lib/view/channel/channel.ts";
import type { LiveStatus } from "../../lib/view/channel/contract.ts";
import { newFolder } from "../helpers/ckpt.ts";
import { FakeClock } from "../helpers/fake-clock.ts";
import { until } from "../helpers/until.ts";

/** A status as large as they get. */
const LARGE = { v: 1, results: "x".repeat(100_000) } as unknown as LiveStatus;

const SECOND_MS = 1000;

type Counted = { readonly job: LiveJob; readonly made: () => number };

function countedJob(): Counted {
  let count = 0;
  const status = (): LiveStatus => {
    count++;
    return LARGE;
  };
  return { job: { status, change: () => Promise.reject(new Error("not asked for")) }, made: () => count };
}

test("readers that never read get one status each, and after that nothing is made for them; another one does not miss a thing", async () => {
  const clock = new FakeClock();
  const { job, made } = countedJob();
  const place = { fs: realFileSystem, path: path.join(newFolder(), "run.sock"), env: {} };
  const channel = openChannel(job, place, clock);
  const sockets = Array.from({ length: 23 }, () => {
    const socket = net.connect(channel.path);
    socket.on("error", () => undefined);
    socket.pause();
    socket.write("GET /events HTTP/1.1\r\n\r\n");
    return socket;
  });
  await until(() => made() === 23, "all to be read to");
  for (let second = 0; second < 500; second++) {
    await clock.advance(SECOND_MS);
    await new Promise(setImmediate);
  }
  // What has left for the socket's own buffer makes room for one more.
  expect(made()).toBeLessThan(23 + 5);
  const response = await fetch("http://ckpt/events", { unix: channel.path });
  const reader = response.body?.getReader();
  let text = "";
  const reads = async (events: number): Promise<void> => {
    while (text.split("\n\n").length <= events)
      text += Buffer.from((await reader?.read())?.value ?? []).toString("utf8");
  };
  await reads(1);
  const before = made();
  for (let second = 1; second <= 5; second++) {
    await clock.advance(SECOND_MS);
    await reads(1 + second);
  }
  expect(made()).toBe(before + 5);
  const closed = channel.close({ outcome: "complete" } as Summary);
  await clock.advance(SECOND_MS);
  await closed;
  await reads(7);
  const events = text.trim().split("\n\n");
  expect(events.map((event) => event.split("\n")[0])).toEqual([
    ...Array.from({ length: 6 }, () => "event: status"),
    "event: end",
  ]);
  for (const socket of sockets) socket.destroy();
});

test("an end waits for no time where all readers read", async () => {
  const clock = new FakeClock();
  const { job } = countedJob();
  const place = { fs: realFileSystem, path: path.join(newFolder(), "run.sock"), env: {} };
  const channel = openChannel(job, place, clock);
  const responses = await Promise.all(
    [1, 2, 3].map(() => fetch("http://ckpt/events", { unix: channel.path })),
  );
  const texts = responses.map((response) => response.text());
  await channel.close({ outcome: "complete" } as Summary); // the clock stands still
  for (const text of await Promise.all(texts))
    expect(text).toEndWith('event: end\ndata: {"outcome":"complete"}\n\n');
  expect(clock.planned).toBe(0);
});

test("without readers no time is planned and nothing is made", async () => {
  const clock = new FakeClock();
  const { job } = countedJob();
  const place = { fs: realFileSystem, path: path.join(newFolder(), "run.sock"), env: {} };
  const channel = openChannel(job, place, clock);
  expect((await fetch("http://ckpt/status", { unix: channel.path })).status).toBe(200);
  expect(clock.planned).toBe(0);
  const stopping = new AbortController();
  const response = await fetch("http://ckpt/events", { unix: channel.path, signal: stopping.signal });
  await response.body?.getReader().read();
  expect(clock.planned).toBe(1);
  stopping.abort();
  // The reader has gone: the next second is the last that is planned.
  await until(async () => {
    await clock.advance(SECOND_MS);
    return clock.planned === 0;
  }, "the end of the plan");
  await channel.close(null);
});
