// 200 000 results: pages, searches and filters find them all, and the memory of the server stays flat.
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { newFolder } from "../helpers/ckpt.ts";
import { makeViewed, type ViewedResult } from "../helpers/viewed-checkpoint.ts";
import { type Viewer, viewer } from "../helpers/viewer.ts";

setDefaultTimeout(120_000);

const COUNT = 200_000;
/** What the server may take beyond what it takes with one result: its index, and what is read at once. */
const MEMORY_MB_MAX = 120;

let viewed: Viewer;
let folder: string;
beforeAll(async () => {
  folder = newFolder();
  // Not in the order of the input; every thousandth failed, every hundredth was cut off.
  const results = Array.from({ length: COUNT }, (_, at): ViewedResult => {
    const index = (at * 7919) % COUNT;
    const marks = index % 100 === 5 ? ["length"] : [];
    if (index % 1000 === 999)
      return {
        index,
        id: `q${index}`,
        output: null,
        error: { kind: "timeout", message: `no answer for q${index}` },
      };
    return {
      index,
      id: `q${index}`,
      output: JSON.stringify(`answer ${index} ${"of some length ".repeat(8)}`),
      marks,
    };
  });
  makeViewed(path.join(folder, "checkpoints"), results, { items: COUNT });
  viewed = await viewer(folder);
});
afterAll(async () => {
  await viewed[Symbol.asyncDispose]();
  fs.rmSync(folder, { recursive: true });
});

const residentMb = (): number =>
  Number(/VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${viewed.child.pid}/status`, "utf8"))?.[1] ?? 0) / 1024;

test("any page is there at once, in the order of the input", async () => {
  for (const from of [0, 1, 99_950, COUNT - 50]) {
    const { total, matching, rows } = await viewed.rows({}, from, 100);
    expect([total, matching]).toEqual([COUNT, COUNT]);
    expect(rows.map(({ index }) => index)).toEqual(
      Array.from({ length: Math.min(100, COUNT - from) }, (_, at) => from + at),
    );
  }
});

test("searches and filters find all and nothing else", async () => {
  const one = await viewed.rows({ search: "Answer 123456 " });
  expect(one.rows.map(({ id }) => id)).toEqual(["q123456"]);
  const failed = await viewed.rows({ status: "failed" }, 100, 100);
  expect(failed.matching).toBe(COUNT / 1000);
  expect(failed.rows[0]?.index).toBe(100_999);
  expect((await viewed.rows({ mark: "length" })).matching).toBe(COUNT / 100);
  expect((await viewed.rows({ search: "q199999" })).rows.map(({ kind }) => kind)).toEqual(["timeout"]);
  // The last of the hundred has failed.
  expect((await viewed.rows({ where: "output~^answer 1999\\d\\d " }, 0, 1)).matching).toBe(99);
  const { errors, kinds, marks } = await viewed.overview();
  expect(errors.map(({ count }) => count)).toEqual([COUNT / 1000]);
  expect([kinds, marks]).toEqual([
    [{ value: "timeout", count: COUNT / 1000 }],
    [{ value: "length", count: COUNT / 100 }],
  ]);
});

test("a search that nobody waits for any more stops, and holds up nobody", async () => {
  const gone = Array.from({ length: 10 }, (_, at) => {
    const controller = new AbortController();
    const asked = fetch(`http://127.0.0.1:${viewed.port}/api/rows?source=checkpoint&search=nowhere${at}`, {
      headers: { authorization: `Bearer ${viewed.token}` },
      signal: controller.signal,
    }).catch(() => null);
    controller.abort();
    return asked;
  });
  await Promise.all(gone);
  expect((await viewed.rows({}, 7, 1)).rows[0]?.index).toBe(7);
});

test("its memory stays flat", async () => {
  const empty = newFolder();
  makeViewed(path.join(empty, "checkpoints"), [{ index: 0, id: "q0", output: "1" }], { items: 1 });
  await using small = await viewer(empty);
  await small.rows();
  const base =
    Number(/VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${small.child.pid}/status`, "utf8"))?.[1] ?? 0) /
    1024;
  for (let at = 0; at < 200; at++) await viewed.rows({}, at * 1000, 100);
  for (const search of ["zzz", "answer 1", "中文", "of some length"]) await viewed.rows({ search });
  for (const sort of ["newest", "slowest"] as const) await viewed.rows({ sort });
  expect(residentMb() - base).toBeLessThan(MEMORY_MB_MAX);
});
