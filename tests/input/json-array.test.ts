import { afterAll, describe, expect, test } from "bun:test";
import { errorOf, inputOf, itemsOf, scanOf, shortHash, removeFiles } from "../helpers/inputs.ts";

afterAll(removeFiles);

const BLOCK_SIZES = [1, 2, 7, 65_536];

test("an item's text is the element without white space between tokens; digits and the order of keys stay", async () => {
  const text = ` [ {"b" : 12345678901234567890 ,\n "a": [ 1.10 , -0, 1E5 ],"2":{ },"1":[ ]},
  "with  \\" spaces, [ and } " ,\ttrue,null ,3.00\r\n] `;
  const expected = [
    '{"b":12345678901234567890,"a":[1.10,-0,1E5],"2":{},"1":[]}',
    '"with  \\" spaces, [ and } "',
    "true",
    "null",
    "3.00",
  ];
  for (const blockBytes of BLOCK_SIZES) {
    const input = inputOf(text, { format: "json" }, { blockBytes });
    const items = await itemsOf(input);
    expect(items.map((item) => item.text)).toEqual(expected);
    expect(items.map(({ hash }) => hash)).toEqual(expected.map(shortHash));
    expect(items.map(({ value }) => value)).toEqual(JSON.parse(text));
    expect(items.map(({ line }) => line)).toEqual([1, 3, 3, 3, 3]);
    expect((await scanOf(input)).visited.map(({ hash }) => hash)).toEqual(expected.map(shortHash));
  }
});

test("an array written on many lines gives the same hashes as on one", async () => {
  const value = [{ a: [1, { b: "x\ny" }], c: {} }, [], [[]], "", 0];
  const hashes = async (text: string): Promise<string[]> =>
    (await itemsOf(inputOf(text, { format: "json" }))).map(({ hash }) => hash);
  expect(await hashes(JSON.stringify(value, null, 4))).toEqual(await hashes(JSON.stringify(value)));
});

describe("what is no array is refused with what stands there:", () => {
  test.each([
    ['{"data":[1]}', 1, 'no array: "{\\"data\\":[1]}"'],
    ['\n\n{"a":1}\n{"a":2}', 3, 'no array: "{\\"a\\":1}\\n{\\"a\\":2}"'],
    ["hello", 1, 'no array: "hello"'],
    ["42", 1, 'no array: "42"'],
  ])("%s", async (text, line, found) => {
    expect(await errorOf(() => scanOf(inputOf(text, { format: "json" })))).toEqual({
      code: "input.badFirst",
      path: "shown",
      format: "json",
      line,
      found,
      looksLike: null,
    });
  });
});

describe("what is not quite an array is refused with its line, however it is cut:", () => {
  test.each([
    ["[1,\n2", 2],
    ["[", 1],
    ['[\n"abc', 2],
    ["[1,\n]", 2],
    ["[\n,1]", 2],
    ["[1,\n,2]", 2],
    ["[1]\n,", 2],
    ["[1]\n[2]", 2],
    ["[1]\nx", 2],
    ["[1\n2]", 1],
    ["[1,\n2 3]", 2],
    ["[1,\ntr ue]", 2],
    ["[1,\n- 1]", 2],
    ["[1,\n1 .5]", 2],
    ["[1,\n1 e5]", 2],
    ['["a" "b"]', 1],
    ["[{} {}]", 1],
    ['[{"a" 1}]', 1],
    ["[1,\n{bad}]", 2],
    ['[1,\n{"a":1]]', 2],
    ["[1,\n[2}]", 2],
    ["[1}", 1],
    ["[1,\n01]", 2],
    ["[1,\n'x']", 2],
    ["[1,\n// no\n2]", 2],
    ['["a\nb"]', 1],
    ["[1,\nNaN]", 2],
    ['["\\x"]', 1],
  ])("%j", async (text, line) => {
    expect(() => JSON.parse(text) as unknown).toThrow();
    for (const blockBytes of BLOCK_SIZES) {
      expect(await errorOf(() => scanOf(inputOf(text, { format: "json" }, { blockBytes })))).toMatchObject({
        code: "input.malformed",
        path: "shown",
        line,
      });
    }
  });
});

test("an element a million levels deep is an item", async () => {
  const deep = "[".repeat(1_000_000) + "]".repeat(1_000_000);
  const items = await itemsOf(inputOf(`[1,${deep},2]`, { format: "json" }));
  expect(items.map(({ text }) => text.length)).toEqual([1, deep.length, 1]);
});

test("an element of 100 MB is one item, in time that grows with its length only", async () => {
  const long = `{"a":"${"x\\n".repeat(33_000_000)}"}`;
  const input = inputOf(`[1,\n${long},\n2]`, { format: "json" });
  const startedMs = performance.now();
  const { visited } = await scanOf(input);
  expect(visited.map(({ line }) => line)).toEqual([1, 2, 3]);
  expect(visited[1]?.hash).toBe(shortHash(long));
  expect(performance.now() - startedMs).toBeLessThan(20_000);
});
