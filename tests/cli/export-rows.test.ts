// `ckpt export`: which rows and fields it writes, and from where.
import { beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { ckpt, newFolder, read, type Ran, writeLines } from "../helpers/ckpt.ts";

setDefaultTimeout(60_000);

const ITEMS = [
  '{"id":"a","topic":"math","q":1,"cost":"high"}',
  '{"id":"b","topic":"art","q":2}',
  '{"id":"c","topic":"math","q":3.50}',
  '{"id":"d","topic":"art","q":4,"error":"own"}',
  '{"id":"e","topic":"art","q":5}',
];
const MODULE = `export function process(item) {
  if (item.id === "b") throw new Error("no answer");
  if (item.id === "d") return "plain, text";
  return { score: item.q * 2, why: { text: "because " + item.q, tags: ["x"] } };
}`;

let folder = "";
/** Four of five items done, one of them failed; a backup `first` of it. */
beforeAll(async () => {
  folder = fs.realpathSync(newFolder());
  writeLines(folder, "q.jsonl", ITEMS);
  fs.writeFileSync(path.join(folder, "answer.mjs"), MODULE);
  const words = ["run", "q.jsonl", "--id", "id", "--module", "answer.mjs", "-j", "1", "--limit", "4", "-q"];
  expect((await ckpt(folder, words)).code).toBe(4);
  expect((await ckpt(folder, ["backup", "first", "-q"])).code).toBe(0);
});

const exported = (...words: readonly string[]): Promise<Ran> => ckpt(folder, ["export", ...words]);
type Row = { readonly [name: string]: unknown };
async function rows(...words: readonly string[]): Promise<Row[]> {
  const { code, out, err } = await exported(...words, "-q");
  expect({ code, err }).toEqual({ code: 0, err: "" });
  return out
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Row);
}
const idsOf = (found: readonly Row[]): unknown[] => found.map(({ id }) => id);
async function table(...words: readonly string[]): Promise<string[]> {
  const file = `t${crypto.randomUUID()}.csv`;
  expect(await exported(...words, "-o", file, "-q")).toEqual({ code: 0, out: "", err: "" });
  return read(folder, file).trimEnd().split("\r\n");
}

describe("rows", () => {
  test.each([
    ["ok", ["a", "c", "d"]],
    ["failed", ["b"]],
    ["pending", ["e"]],
    ["failed,pending", ["b", "e"]],
    ["ok, failed ,pending", ["a", "b", "c", "d", "e"]],
  ])("--status %s", async (status, ids) => {
    expect(idsOf(await rows("--status", status))).toEqual(ids);
  });

  test("an item without a result has its id, its status and, if they are wanted, its fields", async () => {
    expect(await rows("--status", "pending")).toEqual([{ index: 4, id: "e", status: "pending" }]);
    expect(await rows("--status", "pending", "--include-input", "--include-meta")).toEqual([
      { index: 4, id: "e", status: "pending", topic: "art", q: 5 },
    ]);
    expect(await table("--status", "failed,pending", "--include-input")).toEqual(
      [
        "index,id,status,output,error,topic,q",
        expect.stringMatching(/^1,b,failed,,"?exception: Error: no answer/),
        "4,e,pending,,,art,5",
      ].flatMap((line) => line) as string[],
    );
  });

  test.each([
    ["the item", ["topic=math"], ["a", "c"]],
    ["the item, digits as written", ["q=3.50"], ["c"]],
    ["a field of the item that has another name in the row", ["input_error=own"], ["d"]],
    ["the output", ["output.score~^[27]$"], ["a", "c"]],
    ["a field within", ["output.why.text=because 1"], ["a"]],
    ["an output that is a text", ["output~, text$"], ["d"]],
    ["the error", ["error.kind=exception"], ["b"]],
    ["the status", ["status=failed"], ["b"]],
    ["several", ["topic=math", "output.score=2"], ["a"]],
    ["a value with = and ~", ["q~^[=~1]$"], ["a"]],
    ["what no row has", ["id=z"], []],
  ])("--where: by %s", async (_, conditions, ids) => {
    expect(idsOf(await rows(...conditions.flatMap((condition) => ["--where", condition])))).toEqual(ids);
  });

  test("--limit: the first of those that are chosen", async () => {
    expect(idsOf(await rows("--limit", "2"))).toEqual(["a", "b"]);
    expect(idsOf(await rows("--where", "topic=art", "--limit", "1"))).toEqual(["b"]);
    expect(idsOf(await rows("--status", "ok", "--limit", "9"))).toEqual(["a", "c", "d"]);
  });

  test.each([
    ["--status", "done", "ok, failed, pending"],
    ["--where", "topic", "FIELD=VALUE, FIELD~REGEX"],
    ["--where", "=math", "FIELD=VALUE, FIELD~REGEX"],
    ["--where", "topic~[", "[ is not a regular expression: its end is missing"],
  ])("%s %s is refused", async (option, value, expected) => {
    const { code, err } = await exported(option, value);
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining(expected) });
  });
});

describe("fields", () => {
  test("--fields: these, in this order, of result and item; what a row lacks is left out, in a table an empty cell", async () => {
    expect(await rows("--fields", "topic,output.score", "--fields", "id", "--status", "ok")).toEqual([
      { topic: "math", "output.score": 2, id: "a" },
      { topic: "math", "output.score": 7, id: "c" },
      { topic: "art", id: "d" },
    ]);
    expect(await table("--fields", "id,error.kind,output")).toEqual([
      "id,error.kind,output",
      'a,,"{""score"":2,""why"":{""text"":""because 1"",""tags"":[""x""]}}"',
      "b,exception,",
      'c,,"{""score"":7,""why"":{""text"":""because 3.5"",""tags"":[""x""]}}"',
      'd,,"plain, text"',
    ]);
  });

  test("--flatten: a column for each field of an output", async () => {
    expect(await rows("--flatten", "--limit", "1")).toEqual([
      {
        index: 0,
        id: "a",
        status: "ok",
        "output.score": 2,
        "output.why.text": "because 1",
        "output.why.tags": ["x"],
      },
    ]);
    expect(await table("--flatten", "--status", "ok")).toEqual([
      "index,id,status,output.score,output.why.text,output.why.tags,output,error",
      '0,a,ok,2,because 1,"[""x""]",,',
      '2,c,ok,7,because 3.5,"[""x""]",,',
      '3,d,ok,,,,"plain, text",',
    ]);
    expect((await table("--flatten", "--fields", "output.why,id", "--limit", "1"))[0]).toBe(
      "output.why.text,output.why.tags,id",
    );
  });

  test("--include-meta: how each result was made; an item's field of such a name is renamed", async () => {
    const [first] = await rows("--include-meta", "--include-input", "--limit", "1");
    expect(first).toMatchObject({
      attempts: 1,
      started_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      duration_ms: expect.any(Number),
      fingerprint: expect.stringMatching(/^[0-9a-f]{8}$/),
      input_cost: "high",
    });
    expect((await rows("--include-input", "--limit", "1"))[0]).toMatchObject({ cost: "high" });
    expect((await table("--include-meta"))[0]).toBe(
      "index,id,status,output,error,attempts,started_at,duration_ms,input_tokens,output_tokens,cost,marks,fingerprint",
    );
    expect(
      await rows("--include-meta", "--where", "attempts=1", "--fields", "attempts", "--limit", "1"),
    ).toEqual([{ attempts: 1 }]);
  });

  test("how a result was made can be named without --include-meta; an item's field of that name wins", async () => {
    expect(await rows("--where", "attempts=1", "--fields", "id,attempts,cost,id")).toEqual([
      { id: "a", attempts: 1, cost: "high" },
      { id: "b", attempts: 1 },
      { id: "c", attempts: 1 },
      { id: "d", attempts: 1 },
    ]);
    const [first] = await rows("--where", "fingerprint~^[0-9a-f]{8}$", "--limit", "1");
    expect(Object.keys(first ?? {})).toEqual(["index", "id", "status", "output"]);
  });

  test.each([
    ["en", "None of the rows has the field topc.\n4 rows\n"],
    ["zh", "没有一行含有字段 topc。\n4 行\n"],
  ])(
    "a name that no row has is told, and rows are counted where they were chosen, in %s",
    async (lang, err) => {
      const chosen = ["--fields", "id,topc,error.kind", "--status", "ok,failed"];
      expect(await exported(...chosen, "--lang", lang)).toMatchObject({ code: 0, err });
      expect(await exported("--lang", lang)).toMatchObject({ code: 0, err: "" });
    },
  );
});

describe("what is exported", () => {
  test("a backup by its name, its folder or `latest`; a checkpoint by its folder", async () => {
    const all = (await exported()).out;
    for (const word of [
      "first",
      "latest",
      "./checkpoints",
      "checkpoints/backups/first",
      `${folder}/checkpoints`,
    ])
      expect(await exported(word)).toEqual({ code: 0, out: all, err: "" });
  });

  test("nothing is restored or changed, and what was written may be written again", async () => {
    const copy = fs.realpathSync(newFolder());
    fs.cpSync(folder, copy, { recursive: true });
    const listing = (): string[] => fs.readdirSync(path.join(copy, "checkpoints/backups/first")).toSorted();
    const before = listing();
    expect((await ckpt(copy, ["clear", "--yes", "-q"])).code).toBe(0);
    for (const _ of [1, 2])
      expect((await ckpt(copy, ["export", "first", "-o", "b.csv"])).err).toStartWith("4 rows written to ");
    expect(listing()).toEqual(before);
    expect((await ckpt(copy, ["export"])).code).toBe(10);
    fs.mkdirSync(path.join(copy, "elsewhere"));
    const there = {
      cwd: path.join(copy, "elsewhere"),
      word: "../../" + path.basename(folder) + "/checkpoints",
    };
    expect((await ckpt(there.cwd, ["export", there.word])).out).toBe((await exported()).out);
  });

  test("an unknown word is refused with what there is", async () => {
    expect(await exported("firts")).toMatchObject({ code: 10, err: expect.stringContaining("first") });
    expect((await exported("no/such")).code).toBe(10);
  });
});
