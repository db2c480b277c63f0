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

describe("the array in an object", () => {
  const OBJECT = ` {"info" : {"n": 1.50, "tags":["x",{"y":[]}]},\n "data":{ "items" : [ {"a": 12345678901234567890},\n"two", [3] ]},
    "more": [1, 2], "end": "a \\"quoted\\" [ name" } `;

  test.each(BLOCK_SIZES)("is found by its path, in blocks of %d", async (blockBytes) => {
    const input = inputOf(OBJECT, { format: "json", jsonPath: "data.items" }, { blockBytes });
    const items = await itemsOf(input);
    expect(items.map(({ text }) => text)).toEqual(['{"a":12345678901234567890}', '"two"', "[3]"]);
    expect(items.map(({ line }) => line)).toEqual([2, 3, 3]);
    expect((await scanOf(input)).visited.map(({ hash }) => hash)).toEqual(items.map(({ hash }) => hash));
    const numbers = inputOf(OBJECT, { format: "json", jsonPath: "more" }, { blockBytes });
    expect((await itemsOf(numbers)).map(({ text, line }) => [text, line])).toEqual([
      ["1", 4],
      ["2", 4],
    ]);
  });

  test("may stand under a name with points or escapes in it", async () => {
    const items = (text: string, jsonPath: string): Promise<unknown> =>
      itemsOf(inputOf(text, { format: "json", jsonPath })).then((all) => all.map(({ value }) => value));
    expect(await items('{"a.b":[1]}', "a.b")).toEqual([1]);
    expect(await items('{"\\u4f60":{"\\"":[1]}}', '你."')).toEqual([1]);
  });

  test.each([
    ['{"data":[1]}', null, "an object", ["data"]],
    ['{"meta":{},"data":{"items":[1],"n":[[2]]}}', null, "an object", ["data.items", "data.n"]],
    ['{"data":{"items":[1]}}', "data", "an object", ["data.items"]],
    ['{"data":"x"}', "data", "a string", []],
    ['{"data":-1}', "data", "a number", []],
    ['{"data":null}', "data", "null", []],
    ['{"data":{"items":[{"x":[1]}]}}', "data.items.x", "nothing", ["data.items"]],
    ["[1]", "data", "nothing", []],
    ["{}", "data", "nothing", []],
  ])(
    "%s has none at %s: what is there, and where arrays are, is said",
    async (text, jsonPath, found, arrays) => {
      for (const blockBytes of BLOCK_SIZES) {
        const input = inputOf(text, { format: "json", jsonPath }, { blockBytes });
        const error = { code: "input.noArray", path: "shown", jsonPath, found, arrays };
        expect(await errorOf(() => scanOf(input))).toEqual(error);
      }
    },
  );

  test.each([
    ['{"d":[1,\n2', 2],
    ['{"d":[1]', 1],
    ['{"d":[1]}\n{"d":[2]}', 2],
    ['{"d":[1]}\n,', 2],
    ['{"d":[1],\n"d":[2]}', 2],
    ['{"d":[1],"e":[2,\nbad]}', 2],
    ['{"d":[1],"e":tru}', 1],
    ['{"d":[1] "e":2}', 1],
    ['{"d" [1]}', 1],
    ['{"d":[1]]', 1],
    ['{"d":[1},', 1],
    ['{"d":[1],}', 1],
    ['{"e":[1 2],"d":[1]}', 1],
  ])("is refused as a whole where anything is no JSON: %j", async (text, line) => {
    for (const blockBytes of BLOCK_SIZES) {
      const input = inputOf(text, { format: "json", jsonPath: "d" }, { blockBytes });
      expect(await errorOf(() => scanOf(input))).toMatchObject({
        code: "input.malformed",
        path: "shown",
        line,
      });
    }
  });
});
