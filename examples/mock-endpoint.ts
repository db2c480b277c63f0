// A small chat endpoint on loopback, and a run against it: `bun run demo:model`. No key, nothing leaves the machine.
// It answers after 50 to 250 ms and lets 20 requests a second through, so that `-j auto` has something to find.

/** Always the same, because the base URL is part of what the results depend on. */
const PORT = Number(process.env["MOCK_PORT"] ?? 8473);
const PER_S = Number(process.env["MOCK_PER_S"] ?? 20);
let allowed = PER_S;
let lastMs = performance.now();

/** Takes one request of the allowance; false when there is none left. */
function admit(): boolean {
  const nowMs = performance.now();
  allowed = Math.min(PER_S, allowed + ((nowMs - lastMs) * PER_S) / 1000);
  lastMs = nowMs;
  if (allowed < 1) return false;
  allowed -= 1;
  return true;
}

type Chat = { readonly messages: readonly { readonly content: string }[] };

const server = Bun.serve({
  hostname: "127.0.0.1",
  port: PORT,
  async fetch(request) {
    if (!admit())
      return Response.json(
        { error: { message: "slow down" } },
        { status: 429, headers: { "retry-after": "1" } },
      );
    const { messages } = (await request.json()) as Chat;
    const question = messages.at(-1)?.content ?? "";
    await Bun.sleep(50 + Math.random() * 200);
    const content = `You asked: ${question}`;
    return Response.json({
      choices: [{ index: 0, message: { role: "assistant", content }, finish_reason: "stop" }],
      usage: {
        prompt_tokens: Math.ceil(question.length / 4),
        completion_tokens: Math.ceil(content.length / 4),
      },
    });
  },
});

const { OPENAI_API_KEY: _key, ...env } = process.env;
const url = `http://127.0.0.1:${server.port}/v1`;
const [program, questions] = [`${import.meta.dir}/../cli.ts`, `${import.meta.dir}/questions.jsonl`];
const options =
  "--id id -o demo-model.results.jsonl --dir checkpoints/demo-model --model mock --prompt {question}";
const run = Bun.spawn(
  [
    process.execPath,
    program,
    "run",
    questions,
    ...options.split(" "),
    "--base-url",
    url,
    ...process.argv.slice(2),
  ],
  { env, stdio: ["inherit", "inherit", "inherit"] },
);
// ^C reaches the run, too, which ends in its own way; the server waits for it.
process.on("SIGINT", () => undefined);
process.exitCode = await run.exited;
await server.stop(true);
