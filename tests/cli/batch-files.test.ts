// Batch files of OpenAI through the executable: read by a command, written after whole answers were kept.
import { afterEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { readBatchOutput } from "../helpers/batch-files.ts";
import { ckpt, newFolder, read, type Ran, writeLines } from "../helpers/ckpt.ts";
import { type MockEndpoint, mockEndpoint, type MockOptions } from "../helpers/mock-endpoint.ts";

setDefaultTimeout(60_000);

let mock: MockEndpoint | null = null;
afterEach(async () => {
  await mock?.stop();
  mock = null;
});

async function serve(options: MockOptions = {}): Promise<MockEndpoint> {
  mock = await mockEndpoint(options);
  return mock;
}

/** The lines of an output as objects. */
const rowsIn = (folder: string, name: string): { readonly [name: string]: unknown }[] =>
  read(folder, name)
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { readonly [name: string]: unknown });

describe("results of a batch as items", () => {
  const success = {
    id: "b1",
    custom_id: "r1",
    response: {
      status_code: 200,
      request_id: "q1",
      body: { model: "m", choices: [{ message: { content: "18" }, finish_reason: "stop" }] },
    },
    error: null,
  };
  const expired = {
    id: "b2",
    custom_id: "r2",
    response: null,
    error: { code: "batch_expired", message: "too late" },
  };

  test("output and error file are one input: a command gets the text, or the error", async () => {
    const folder = newFolder();
    writeLines(folder, "output.jsonl", [JSON.stringify(success)]);
    writeLines(folder, "errors.jsonl", [JSON.stringify(expired)]);
    const words = ["run", "output.jsonl", "errors.jsonl", "--format", "openai-batch", "-o", "out.jsonl"];
    const ran = await ckpt(folder, [...words, "--", "echo", "{text}"]);
    expect(ran.code).toBe(3);
    expect(rowsIn(folder, "out.jsonl")).toEqual([
      { index: 0, id: "r1", status: "ok", output: "18" },
      {
        index: 1,
        id: "r2",
        status: "failed",
        error: { kind: "input", message: 'the item has no field "text"' },
      },
    ]);
    const joined = await ckpt(folder, ["export", "--fields", "id,error_code,status_code"]);
    expect(joined.out).toBe('{"id":"r1","status_code":200}\n{"id":"r2","error_code":"batch_expired"}\n');
  });

  test("a file that is none is refused by its first line, in both languages", async () => {
    const folder = newFolder();
    writeLines(folder, "q.jsonl", ['{"id":"q1"}']);
    for (const [lang, word] of [
      ["en", "neither a request with custom_id, url, body"],
      ["zh", "既不是含有 custom_id, url, body 的请求"],
    ] as const) {
      const ran = await ckpt(folder, [
        "run",
        "q.jsonl",
        "--format",
        "openai-batch",
        "--lang",
        lang,
        "--",
        "cat",
      ]);
      expect(ran).toMatchObject({ code: 2, err: expect.stringContaining(word) });
    }
  });
});

describe("lines of a batch as output", () => {
  const ask = (folder: string, url: string, more: readonly string[]): Promise<Ran> =>
    ckpt(folder, [
      ..."run q.jsonl --id id --model m --prompt {q} --retries 0".split(" "),
      "--base-url",
      url,
      ...more,
    ]);
  const folderWith = (count: number): string => {
    const folder = newFolder();
    writeLines(
      folder,
      "q.jsonl",
      Array.from({ length: count }, (_, n) => JSON.stringify({ id: `r${n}`, q: `q${n}` })),
    );
    return folder;
  };

  test("whole answers are written as OpenAI writes them, by run and by export", async () => {
    const { url } = await serve();
    const folder = folderWith(3);
    const ran = await ask(folder, url, ["--answer", "full", "-o", "out.batch.jsonl"]);
    expect({ code: ran.code, err: ran.err }).toMatchObject({ code: 0 });
    const lines = readBatchOutput(read(folder, "out.batch.jsonl"));
    expect(lines.map(({ custom_id }) => custom_id)).toEqual(["r0", "r1", "r2"]);
    expect(lines[1]?.response?.body).toMatchObject({ choices: [{ message: { content: "answer to q1" } }] });
    const exported = await ckpt(folder, ["export", "--output-format", "openai-batch"]);
    expect(exported.out).toBe(read(folder, "out.batch.jsonl"));
    const pending = await ckpt(folder, ["export", "--output-format", "csv", "-o", "rows"]);
    expect(pending.code).toBe(0);
    expect(read(folder, "rows")).toStartWith("index,id,status,output,error\r\n");
    const words = ["diff", "out.batch.jsonl", "out.batch.jsonl"];
    expect(JSON.parse((await ckpt(folder, [...words, "--json"])).out)).toMatchObject({
      same: 3,
      different: 0,
    });
    expect(await ckpt(folder, [...words, "-o", "diff.batch.jsonl"])).toMatchObject({ code: 2 });
  });

  test("where the texts alone were kept, it is refused before anything is asked or written", async () => {
    const { url, asked } = await serve();
    const folder = folderWith(1);
    const args = ["--answer", "text", "-o", "out.batch.jsonl"];
    expect(await ask(folder, url, args)).toMatchObject({
      code: 2,
      err: expect.stringContaining("whole answers"),
    });
    expect(asked).toHaveLength(0);
    expect((await ask(folder, url, ["-o", "texts.jsonl"])).code).toBe(0);
    const exported = await ckpt(folder, ["export", "-o", "out.batch.jsonl", "--lang", "zh"]);
    expect(exported).toMatchObject({ code: 2, err: expect.stringContaining("完整应答") });
    expect(fs.existsSync(path.join(folder, "out.batch.jsonl"))).toBe(false);
  });

  test.each(["--include-input", "--include-meta", "--flatten", "--bom"])(
    "%s has no place in it",
    async (option) => {
      const folder = folderWith(1);
      const ran = await ask(folder, "http://127.0.0.1:9/v1", [
        "--answer",
        "full",
        "-o",
        "o.batch.jsonl",
        option,
      ]);
      expect(ran).toMatchObject({ code: 2, err: expect.stringContaining(option) });
    },
  );

  test("a command has no whole answers", async () => {
    const folder = folderWith(1);
    const ran = await ckpt(folder, ["run", "q.jsonl", "-o", "o.batch.jsonl", "--", "cat"]);
    expect(ran).toMatchObject({ code: 2, err: expect.stringContaining("whole answers") });
  });
});
