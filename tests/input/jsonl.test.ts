import { afterAll, expect, test } from "bun:test";
import { errorOf, inputOf, itemsOf, scanOf, shortHash, removeFiles } from "../helpers/inputs.ts";

afterAll(removeFiles);

test("blank lines are no items but count as lines", async () => {
  const input = inputOf('\n  \n{"a":1}\n\t\r\n\n2\n \n');
  expect((await itemsOf(input)).map(({ index, line, text }) => [index, line, text])).toEqual([
    [0, 3, '{"a":1}'],
    [1, 6, "2"],
  ]);
  expect((await scanOf(input)).visited.map(({ index, line }) => [index, line])).toEqual([
    [0, 3],
    [1, 6],
  ]);
});

test("text and hash are of the line as written: white space, escapes and digits stay", async () => {
  const lines = ['  {"a" : 12345678901234567890}', '{"b":"\\u4f60","c":1.10}', "[1, 2]", '"s"', "null"];
  const items = await itemsOf(inputOf(lines.join("\r\n")));
  expect(items.map(({ text }) => text)).toEqual(lines);
  expect(items.map(({ hash }) => hash)).toEqual(lines.map(shortHash));
  expect(items.map(({ value }) => value)).toEqual(lines.map((line) => JSON.parse(line)));
});

test("a line that is not JSON is an item with a defect that names the line and what was found", async () => {
  const input = inputOf('{"a":1}\n\nhello world\n{"a":\n{"a":2}\n');
  const items = await itemsOf(input);
  expect(items.map(({ index, line, defect }) => [index, line, defect])).toEqual([
    [0, 1, undefined],
    [1, 3, 'line 3 is not JSON: Unexpected identifier "hello"'],
    [2, 4, expect.stringMatching(/^line 4 is not JSON: ./)],
    [3, 5, undefined],
  ]);
  expect(items[1]).toMatchObject({
    value: undefined,
    id: null,
    text: "hello world",
    hash: shortHash("hello world"),
  });
  const { visited, result } = await scanOf(input, [["a"]]);
  expect(visited.map(({ hash }) => hash)).toEqual(items.map(({ hash }) => hash));
  expect(result).toMatchObject({ count: 4, missingPaths: [] });
});

test("a defect is not a missing id", async () => {
  const { visited } = await scanOf(inputOf('{"id":"x"}\nhello\n{"id":"y"}', { idField: "id" }));
  expect(visited.map(({ id }) => id)).toEqual(["x", null, "y"]);
});

test("a defect's message stays short, however long the line", async () => {
  const items = await itemsOf(inputOf(`{}\n${"x".repeat(100_000)}\n`));
  expect(items[1]?.defect?.length).toBeLessThan(300);
});

test("a first line that is not JSON is refused as a whole", async () => {
  expect(await errorOf(() => scanOf(inputOf('\nid,question\n{"a":1}\n')))).toEqual({
    code: "input.badFirst",
    path: "shown",
    format: "jsonl",
    line: 2,
    found: '"id,question" (Unexpected identifier "id")',
    looksLike: null,
  });
});

test("a lone CR between tokens does not break the item's text into lines", async () => {
  const [item] = await itemsOf(inputOf('{"a":1,\r"b":2}\r\n'));
  expect(item?.text).toBe('{"a":1, "b":2}');
  expect(item?.hash).toBe(shortHash('{"a":1,\r"b":2}'));
});

test("ids: strings as they are, numbers as they were written, true and false as words", async () => {
  const lines = [
    ['{"id":"x y"}', "x y"],
    ['{"id": 12345678901234567890}', "12345678901234567890"],
    ['{"id":1.10}', "1.10"],
    ['{"id":-1e3, "q":"2"}', "-1e3"],
    ['{"q":{"id":5.0},"id":5}', "5"],
    ['{"\\u0069d":5.0,"q":{"id":5}}', "5.0"],
    ['{"id":3,"id":4.0}', "4.0"],
    ['{"q":"\\"id\\":7","id":8.0}', "8.0"],
    ['{"id":true}', "true"],
    ['{"id":false}', "false"],
  ];
  const input = inputOf(lines.map(([line]) => `${line}\n`).join(""), { idField: "id" });
  const expected = lines.map(([, id]) => id ?? "");
  expect((await scanOf(input)).visited.map(({ id }) => id)).toEqual(expected);
  expect((await itemsOf(input)).map(({ id }) => id)).toEqual(expected);
});

test("a field that is called a.b comes before the path a.b", async () => {
  const lines = ['{"a":{"b":"inner"}}', '{"a.b":"outer","a":{"b":"inner"}}', '{"a":{"b":7.0}}'];
  const { visited } = await scanOf(inputOf(lines.join("\n"), { idField: "a.b" }));
  expect(visited.map(({ id }) => id)).toEqual(["inner", "outer", "7.0"]);
});

test("null, an empty text, an object, an array and an inherited name are no ids", async () => {
  const lines = ['{"id":"x"}', '{"id":null}', '{"id":""}', '{"id":{}}', '{"id":[1]}', "{}", '"id"', "[1]"];
  const missing = {
    code: "input.idMissing",
    field: "id",
    lines: [2, 3, 4, 5, 6, 7, 8],
    count: 7,
    known: null,
    nearest: null,
  };
  expect(await errorOf(() => scanOf(inputOf(lines.join("\n"), { idField: "id" })))).toEqual(missing);
  for (const idField of ["constructor", "__proto__", "toString"]) {
    const input = inputOf('{"a":1}\n', { idField });
    expect(await errorOf(() => scanOf(input))).toMatchObject({
      code: "input.idMissing",
      known: ["a"],
    });
  }
  const own = inputOf('{"__proto__":"p"}\n', { idField: "__proto__" });
  expect((await scanOf(own)).visited[0]?.id).toBe("p");
});

test("a line of 100 MB is one item", async () => {
  const long = `{"a":"${"x".repeat(100_000_000)}"}`;
  const input = inputOf(`1\n${long}\n2\n`);
  const startedMs = performance.now();
  const { visited } = await scanOf(input);
  expect(visited.map(({ line }) => line)).toEqual([1, 2, 3]);
  expect(visited[1]?.hash).toBe(shortHash(long));
  const [item] = await itemsOf(input, (index) => index === 1);
  expect(item?.text.length).toBe(long.length);
  // Linear: well under a second here; a second look at what was read before would take minutes.
  expect(performance.now() - startedMs).toBeLessThan(20_000);
});

test("the limit is for the line without its end, and holds at any size of blocks", async () => {
  for (const blockBytes of [1, 3, 8, 100]) {
    const fits = inputOf(`1\n"${"x".repeat(8)}"\r\n`, {}, { maxPieceBytes: 10, blockBytes });
    expect((await scanOf(fits)).result.count).toBe(2);
    const tooLong = inputOf(`1\n"${"x".repeat(9)}"\n`, {}, { maxPieceBytes: 10, blockBytes });
    expect(await errorOf(() => scanOf(tooLong))).toMatchObject({ code: "input.lineTooLong", line: 2 });
  }
});
