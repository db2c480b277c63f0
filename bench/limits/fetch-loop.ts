// The limit for a chat endpoint: a bare loop of fetch that asks the same questions, as many at once, and keeps the answers in memory.
// Arguments: base URL, file of questions, how many at once.
import { readFileSync } from "node:fs";

const [base = "", input = "", jobs = "64"] = process.argv.slice(2);
const lines = readFileSync(input, "utf8").trim().split("\n");
type Answer = { readonly choices: readonly { readonly message: { readonly content: string } }[] };
const answers: string[] = [];
let next = 0;

async function ask(): Promise<void> {
  for (let at = next++; at < lines.length; at = next++) {
    const { question } = JSON.parse(lines[at] ?? "") as { readonly question: string };
    const body = JSON.stringify({ model: "mock", messages: [{ role: "user", content: question }] });
    const headers = { "content-type": "application/json" };
    const response = await fetch(`${base}/chat/completions`, { method: "POST", headers, body });
    const answer = (await response.json()) as Answer;
    answers[at] = answer.choices[0]?.message.content ?? "";
  }
}
await Promise.all(Array.from({ length: Number(jobs) }, ask));
if (answers.some((answer) => answer === "")) throw new Error("an answer is missing");
