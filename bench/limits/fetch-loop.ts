// The limit for a chat endpoint: a bare loop of fetch that asks the same questions, as many at once, and keeps the answers in memory.
// Arguments: base URL, file of questions, how many at once; `stream` to ask for streams, whose texts are joined.
import { readFileSync } from "node:fs";
import { createParser } from "eventsource-parser";

const [base = "", input = "", jobs = "64", mode = ""] = process.argv.slice(2);
const isStream = mode === "stream";
const lines = readFileSync(input, "utf8").trim().split("\n");
type Answer = { readonly choices: readonly { readonly message: { readonly content: string } }[] };
const answers: string[] = [];
let next = 0;

async function ask(): Promise<void> {
  for (let at = next++; at < lines.length; at = next++) {
    const { question } = JSON.parse(lines[at] ?? "") as { readonly question: string };
    const messages = [{ role: "user", content: question }];
    const body = JSON.stringify({ model: "mock", messages, ...(isStream ? { stream: true } : {}) });
    const headers = { "content-type": "application/json" };
    const response = await fetch(`${base}/chat/completions`, { method: "POST", headers, body });
    answers[at] = isStream ? await streamedText(response) : textOf((await response.json()) as Answer);
  }
}

function textOf(answer: Answer): string {
  return answer.choices[0]?.message.content ?? "";
}

type Chunk = { readonly choices: readonly { readonly delta: { readonly content?: string | null } }[] };

async function streamedText(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  const parser = createParser({
    onEvent: ({ data }) => {
      if (data !== "[DONE]") text += (JSON.parse(data) as Chunk).choices[0]?.delta.content ?? "";
    },
  });
  for await (const bytes of response.body ?? []) parser.feed(decoder.decode(bytes, { stream: true }));
  return text;
}

await Promise.all(Array.from({ length: Number(jobs) }, ask));
if (answers.some((answer) => answer === "")) throw new Error("an answer is missing");
