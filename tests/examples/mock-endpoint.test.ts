// The demo of endpoints, as `bun run demo:model` starts it.
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import * as path from "node:path";
import OpenAI from "openai";
import { ckpt, newFolder, read } from "../helpers/ckpt.ts";

setDefaultTimeout(60_000);

test("examples/mock-endpoint.ts answers a whole question set without a key", async () => {
  const folder = newFolder();
  const demo = Bun.spawn([process.execPath, path.join(import.meta.dir, "../../examples/mock-endpoint.ts")], {
    cwd: folder,
    env: {
      PATH: process.env["PATH"] ?? "",
      HOME: folder,
      LANG: "C.UTF-8",
      MOCK_PORT: "0",
      MOCK_PER_S: "1000",
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [, err] = await Promise.all([demo.stdout.text(), demo.stderr.text()]);
  expect({ code: await demo.exited, err }).toMatchObject({
    code: 0,
    err: expect.stringContaining("All 200 items done"),
  });
  const lines = read(folder, "demo-model.results.jsonl").trim().split("\n");
  expect(lines.length).toBe(200);
  expect(lines[0]).toContain('"output":"You asked: ');
});

describe("examples/mock-endpoint.ts --serve", () => {
  let url = "";
  let server: Bun.Subprocess<"ignore", "pipe", "inherit">;

  beforeAll(async () => {
    server = Bun.spawn(
      [process.execPath, path.join(import.meta.dir, "../../examples/mock-endpoint.ts"), "--serve"],
      {
        env: { PATH: process.env["PATH"] ?? "", MOCK_PORT: "0", MOCK_PER_S: "1000" },
        stdio: ["ignore", "pipe", "inherit"],
      },
    );
    const reader = server.stdout.getReader();
    while (!url.includes("\n")) {
      const { value, done } = await reader.read();
      if (done) throw new Error("the server has ended");
      url += Buffer.from(value).toString("utf8");
    }
    url = url.trim();
  });
  afterAll(async () => {
    server.kill();
    await server.exited;
  });

  test("the official client of OpenAI understands its answers", async () => {
    const client = new OpenAI({ baseURL: url, apiKey: "none", maxRetries: 0 });
    const question = "Why is the sky blue?";
    const chat = await client.chat.completions.create({
      model: "m",
      messages: [{ role: "user", content: question }],
    });
    expect(chat.choices[0]?.message.content).toBe(`You asked: ${question}`);
    expect(chat.usage?.total_tokens).toBe(
      (chat.usage?.prompt_tokens ?? 0) + (chat.usage?.completion_tokens ?? 0),
    );
    const response = await client.responses.create({
      model: "m",
      instructions: "Be brief.",
      input: question,
    });
    expect(response).toMatchObject({ output_text: `You asked: ${question}`, status: "completed" });
    const cut = await client.responses.create({ model: "m", input: question, max_output_tokens: 2 });
    expect(cut).toMatchObject({
      output_text: "You aske",
      incomplete_details: { reason: "max_output_tokens" },
    });
    const completion = await client.completions.create({ model: "m", prompt: question, max_tokens: 100 });
    expect(completion.choices[0]).toMatchObject({ text: `You asked: ${question}`, finish_reason: "stop" });
    // The client asks for base64 by itself, and decodes it.
    const input = ["a", "b", "a"];
    const packed = await client.embeddings.create({ model: "m", input });
    const plain = await client.embeddings.create({ model: "m", input, encoding_format: "float" });
    expect(packed.data.map(({ index }) => index)).toEqual([0, 1, 2]);
    expect(packed.data[0]?.embedding).toHaveLength(8);
    expect(packed.data[0]?.embedding).toEqual(packed.data[2]?.embedding ?? []);
    expect(packed.data).toEqual(plain.data);
    const wrong = client.chat.completions.create({ model: "m" } as never);
    expect(((await wrong.catch((error: unknown) => error)) as { readonly status: number }).status).toBe(400);
  });

  test("the official client of OpenAI understands its streams", async () => {
    const client = new OpenAI({ baseURL: url, apiKey: "none", maxRetries: 0 });
    const question = "Why is the sky blue?";
    const messages = [{ role: "user" as const, content: question }];
    let text = "";
    for await (const chunk of await client.chat.completions.create({ model: "m", messages, stream: true }))
      text += chunk.choices[0]?.delta.content ?? "";
    expect(text).toBe(`You asked: ${question}`);
    let said = "";
    for await (const event of await client.responses.create({ model: "m", input: question, stream: true }))
      if (event.type === "response.output_text.delta") said += event.delta;
    expect(said).toBe(`You asked: ${question}`);
  });

  test.each<[words: string[], output: (question: string) => unknown]>([
    [[], (question) => `You asked: ${question}`],
    [["--stream"], (question) => `You asked: ${question}`],
    [["--stream", "--api", "responses"], (question) => `You asked: ${question}`],
    [
      ["--stream", "--api", "completions", "--param", "max_tokens=1000"],
      (question) => `You asked: ${question}`,
    ],
    [["--stream", "--api", "messages", "--param", "max_tokens=1000"], (question) => `You asked: ${question}`],
    [["--api", "responses", "--system", "Be brief."], (question) => `You asked: ${question}`],
    [["--api", "completions", "--param", "max_tokens=1000"], (question) => `You asked: ${question}`],
    [["--api", "messages", "--param", "max_tokens=1000"], (question) => `You asked: ${question}`],
    [["--api", "embeddings", "--items-per-request", "50", "--answer", "vector"], () => expect.any(Array)],
  ])("ckpt run with %j", async (words, output) => {
    const folder = newFolder();
    const questions = path.join(import.meta.dir, "../../examples/questions.jsonl");
    const given = "--id id --limit 200 -o out.jsonl --include-input --model m --prompt {question}".split(" ");
    const ran = await ckpt(folder, ["run", questions, ...given, "--base-url", url, ...words], {
      OPENAI_API_KEY: "none",
      ANTHROPIC_API_KEY: "none",
    });
    expect(ran).toMatchObject({ code: 0 });
    const lines = read(folder, "out.jsonl")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { readonly question: string; readonly output: unknown });
    expect(lines).toHaveLength(200);
    for (const line of lines) expect(line.output).toEqual(output(line.question));
  });
});
