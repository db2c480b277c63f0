// Batch files of OpenAI as inputs: requests as they stand, results as the answer's text or the error; what is wrong with a line is said with its place.
import { afterAll, describe, expect, test } from "bun:test";
import type { Item } from "../../lib/core/item.ts";
import { errorOf, inputOf, itemsOf, removeFiles, scanOf, shortHash } from "../helpers/inputs.ts";

afterAll(removeFiles);

const GOOD = {
  custom_id: "r1",
  method: "POST",
  url: "/v1/chat/completions",
  body: { model: "m", messages: [] },
};
const lineOf = (changes: object = {}): string => JSON.stringify({ ...GOOD, ...changes });
const read = (lines: readonly string[]): Promise<Item[]> =>
  itemsOf(
    inputOf(lines.map((line) => `${line}\n`).join(""), { format: "openai-batch", idField: "custom_id" }),
  );
const errorOfScan = (lines: readonly string[]): Promise<object> =>
  errorOf(() => scanOf(inputOf(lines.join("\n"), { format: "openai-batch", idField: "custom_id" })));

describe("requests", () => {
  test("are items as they stand, known by custom_id; the version of the url and the method may be left out", async () => {
    const lines = [
      lineOf(),
      lineOf({ custom_id: "r2", url: "/chat/completions", body: { n: 1 } }),
      lineOf({ custom_id: "r3", url: "/v1/embeddings", method: undefined }),
    ];
    const items = await read(lines);
    expect(items.map(({ id, text, defect }) => ({ id, text, defect }))).toEqual(
      lines.map((text, n) => ({ id: `r${n + 1}`, text, defect: undefined })),
    );
  });

  test.each([
    [{ method: "GET" }, 'line 2: method is "GET", not "POST"'],
    [{ url: "/v1/chat" }, 'line 2: url is "/v1/chat", not one of /v1/chat/completions, /v1/responses,'],
    [{ url: "https://api.openai.com/v1/responses" }, 'line 2: url is "https://api.openai.com/v1/responses"'],
    [{ url: 7 }, "line 2: url is 7, not one of"],
    [{ body: "text" }, 'line 2: body is "text", not an object'],
    [{ body: [1] }, "line 2: body is [1], not an object"],
    [{ body: null }, "line 2: body is null, not an object"],
    [{ custom_id: 7 }, "line 2: custom_id is 7, not a string"],
    [{ url: undefined }, "line 2: it is neither a request with custom_id, url, body nor a result"],
  ])("%j is a defect of that line alone", async (changes, defect) => {
    const id = "r2";
    const items = await read([lineOf(), lineOf({ custom_id: id, ...changes }), lineOf({ custom_id: "r3" })]);
    expect(items.map((item) => item.defect?.slice(0, defect.length))).toEqual([undefined, defect, undefined]);
    expect(items[1]?.id).toBe("custom_id" in changes ? "7" : id);
  });

  test("a line that is no JSON is one, too", async () => {
    expect((await read([lineOf(), "{"]))[1]).toMatchObject({
      id: null,
      defect: expect.stringContaining("line 2"),
    });
  });

  test.each([
    ['{"id":"q1","question":"?"}', "neither a request"],
    ["[1]", "neither a request"],
    ["{", "Expected"],
  ])("a first line %s is no batch file", async (line, found) => {
    expect(await errorOfScan(["", line, lineOf()])).toMatchObject({
      code: "input.badFirst",
      format: "openai-batch",
      line: 2,
      found: expect.stringContaining(found),
    });
  });

  test("lines without a custom_id are refused by their places", async () => {
    expect(
      await errorOfScan([lineOf(), lineOf({ custom_id: undefined }), lineOf({ custom_id: "" })]),
    ).toMatchObject({
      code: "input.idMissing",
      field: "custom_id",
      lines: [2, 3],
    });
  });
});

describe("results", () => {
  const success = (body: string): string =>
    `{"id":"batch_req_1","custom_id":"r1","response":{"status_code":200,"request_id":"q","body":${body}},"error":null}`;
  const fieldsOf = async (line: string): Promise<unknown> => (await read([line]))[0]?.value;

  test("of an answer: its text, and the body with every digit", async () => {
    const body =
      '{"model":"m","choices":[{"index":0,"message":{"content":"18"},"finish_reason":"stop"}],"n":9007199254740993}';
    const line = success(body);
    const [item] = await read([line]);
    expect(item?.text).toBe(
      `{"custom_id":"r1","status":"ok","text":"18","finish_reason":"stop","status_code":200,"request_id":"q","model":"m","body":${body}}`,
    );
    expect(item).toMatchObject({ id: "r1", hash: shortHash(line), form: "json" });
  });

  test.each([
    ['{"choices":[{"message":{"content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}}]}', "ab"],
    ['{"choices":[{"message":{"content":null,"refusal":"No."}}]}', "No."],
    ['{"choices":[{"text":"c"}]}', "c"],
    [
      '{"output":[{"type":"reasoning","content":[{"type":"reasoning_text","text":"hm"}]},{"type":"message","content":[{"type":"output_text","text":"d"}]}]}',
      "d",
    ],
    ['{"type":"message","content":[{"type":"text","text":"e"}],"stop_reason":"end_turn"}', "e"],
    ['{"object":"list","data":[{"embedding":[0.5]}]}', undefined],
  ])("text of %s", async (body, text) => {
    expect(await fieldsOf(success(body))).toMatchObject({ status: "ok" });
    expect(((await fieldsOf(success(body))) as { text?: string }).text).toBe(text as string);
  });

  test.each([
    [
      "of a refused request",
      '{"id":"b","custom_id":"r1","response":{"status_code":400,"request_id":"q","body":{"error":{"message":"too long","type":"t","param":null,"code":"c"}}},"error":null}',
      {
        status: "failed",
        error: "too long",
        error_code: "c",
        status_code: 400,
        request_id: "q",
        body: expect.anything(),
      },
    ],
    [
      "of one that was never answered",
      '{"id":"b","custom_id":"r1","response":null,"error":{"code":"batch_expired","message":"too late"}}',
      { status: "failed", error: "too late", error_code: "batch_expired" },
    ],
    [
      "of vLLM, with the error beside an empty response",
      '{"id":"b","custom_id":"r1","response":{"status_code":404,"request_id":"q"},"error":{"object":"error","message":"no model","type":"NotFoundError","code":404}}',
      { status: "failed", error: "no model", error_code: "404", status_code: 404, request_id: "q" },
    ],
    [
      "of vLLM, with the answer in the place of the response",
      '{"id":"b","custom_id":"r1","response":{"choices":[{"message":{"content":"x"}}]},"error":null}',
      { status: "ok", text: "x", status_code: 200, body: expect.anything() },
    ],
  ])("%s", async (_, line, fields) => {
    expect(await fieldsOf(line)).toEqual({ custom_id: "r1", ...fields });
  });
});
