// The APIs against a server that others have written: the mock of @copilotkit/aimock, with and without streams.
import { LLMock } from "@copilotkit/aimock";
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { ckpt, newFolder, type Ran, read, writeLines } from "../helpers/ckpt.ts";

setDefaultTimeout(60_000);

const VECTOR = [0.1, -0.5, 3];
const server = new LLMock({ port: 0 });
server.onMessage(/^plain/, { content: "Hi there!", reasoning: "let me think" });
server.onMessage(/^cut/, { content: "Once upon", finishReason: "length" });
server.onMessage(/^call/, { toolCalls: [{ name: "look_up", arguments: '{"id":1}' }] });
server.onEmbedding(/./, { embedding: VECTOR });

beforeAll(async () => {
  await server.start();
});
afterAll(() => server.stop());

type Line = {
  readonly status: string;
  readonly output?: unknown;
  readonly marks?: readonly string[];
  readonly error?: { readonly kind: string };
};

async function ask(
  questions: readonly string[],
  ...more: readonly string[]
): Promise<{ ran: Ran; lines: Line[] }> {
  const folder = newFolder();
  writeLines(
    folder,
    "q.jsonl",
    questions.map((question) => JSON.stringify({ question })),
  );
  const words =
    "run q.jsonl -o out.jsonl --include-meta --retries 0 --model m --prompt {question} --base-url".split(" ");
  const keys = { OPENAI_API_KEY: "none", ANTHROPIC_API_KEY: "none" };
  const ran = await ckpt(folder, [...words, `${server.url}/v1`, ...more], keys);
  const lines = read(folder, "out.jsonl").trim().split("\n");
  return { ran, lines: lines.map((line) => JSON.parse(line) as Line) };
}

describe.each([
  ["chat", []],
  ["responses", []],
  ["messages", ["--param", "max_tokens=100"]],
])("%s", (api, params) => {
  describe.each([[[]], [["--stream"]]])("%j", (stream) => {
    const words = ["--api", api, ...params, ...stream];

    test("texts, an answer that is cut off, a call of a tool, and a question that has no answer", async () => {
      const { ran, lines } = await ask(["plain", "cut", "call", "unknown"], ...words);
      expect(ran.code).toBe(3);
      expect(lines).toMatchObject([
        { output: "Hi there!" },
        { output: "Once upon", marks: ["length"] },
        { output: "", marks: ["empty"] },
        { status: "failed", error: { kind: "http_404" } },
      ]);
    });

    test("the message has the reasoning, and the call", async () => {
      const { ran, lines } = await ask(["plain", "call"], ...words, "--answer", "message");
      expect(ran.code).toBe(0);
      expect(JSON.stringify(lines[0]?.output)).toContain("let me think");
      expect(JSON.stringify(lines[1]?.output)).toContain("look_up");
    });
  });
});

test("embeddings, one by one and together", async () => {
  for (const more of [[], ["--items-per-request", "3"]]) {
    const { ran, lines } = await ask(["a", "b", "c", "d"], "--api", "embeddings", ...more);
    expect(ran.code).toBe(0);
    expect(lines.map(({ output }) => output)).toEqual([VECTOR, VECTOR, VECTOR, VECTOR]);
  }
});
