// A small endpoint on loopback, and a run against it: `bun run demo:model`. No key, nothing leaves the machine. `bun examples/mock-endpoint.ts --serve` is the
// endpoint alone, until ^C, for runs of your own: chat completions, responses, completions, embeddings, and Anthropic's messages, as streams too where they are asked for.
// It answers after 50 to 250 ms and lets 20 requests a second through, so that `-j auto` has something to find.
import { mockAnswer } from "./mock-answers.ts";
import { sseText, streamEvents } from "./mock-streams.ts";

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

async function answer(request: Request): Promise<Response> {
  if (!admit())
    return Response.json(
      { error: { message: "slow down" } },
      { status: 429, headers: { "retry-after": "1" } },
    );
  const body: unknown = await request.json().catch(() => null);
  await Bun.sleep(50 + Math.random() * 200);
  const path = new URL(request.url).pathname;
  const { status, json } = mockAnswer(path, body);
  return status === 200 && isStreamAsked(body)
    ? streamed(path, { ...json })
    : Response.json(json, { status });
}

function isStreamAsked(body: unknown): boolean {
  return typeof body === "object" && body !== null && "stream" in body && body.stream === true;
}

/** The same answer as a stream, an event every 5 ms. */
function streamed(path: string, json: Readonly<Record<string, unknown>>): Response {
  const events = streamEvents(path, json);
  const body = async function* (): AsyncGenerator<Uint8Array> {
    for (const event of events) {
      yield Buffer.from(sseText([event]));
      await Bun.sleep(5);
    }
  };
  return new Response(body(), { headers: { "content-type": "text/event-stream" } });
}

const server = Bun.serve({ hostname: "127.0.0.1", port: PORT, fetch: answer });
const url = `http://127.0.0.1:${server.port}/v1`;

/** The run of the demo, with further words of the command line. */
async function demo(words: readonly string[]): Promise<number> {
  const { OPENAI_API_KEY: _key, ...env } = process.env;
  const [program, questions] = [`${import.meta.dir}/../cli.ts`, `${import.meta.dir}/questions.jsonl`];
  const options =
    "--id id -o demo-model.results.jsonl --dir checkpoints/demo-model --model mock --prompt {question}";
  const run = Bun.spawn(
    [process.execPath, program, "run", questions, ...options.split(" "), "--base-url", url, ...words],
    { env, stdio: ["inherit", "inherit", "inherit"] },
  );
  // ^C reaches the run, too, which ends in its own way; the server waits for it.
  process.on("SIGINT", () => undefined);
  return run.exited;
}

if (process.argv[2] === "--serve") {
  process.stdout.write(`${url}\n`);
} else {
  process.exitCode = await demo(process.argv.slice(2));
  await server.stop(true);
}
