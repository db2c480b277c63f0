// The limit for a worker: a bare loop that pipes the same lines through the same worker, 64 in flight. Arguments: input, worker's program.
import { readFileSync } from "node:fs";

const [input = "", ...command] = process.argv.slice(2);
const items = readFileSync(input, "utf8").trim().split("\n");
const worker = Bun.spawn(command, { stdin: "pipe", stdout: "pipe", stderr: "ignore" });
const IN_FLIGHT = 64;
let sent = 0;
let answered = 0;
let rest = "";

function send(until: number): void {
  let text = "";
  for (; sent < Math.min(until, items.length); sent++)
    text += `{"index":${sent},"id":null,"attempt":1,"item":${items[sent]}}\n`;
  if (text === "") return;
  void worker.stdin.write(text);
  void worker.stdin.flush();
}

send(IN_FLIGHT);
const decoder = new TextDecoder();
for await (const chunk of worker.stdout) {
  const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
  rest = lines.pop() ?? "";
  for (const line of lines) {
    JSON.parse(line);
    answered++;
  }
  if (answered === items.length) break;
  send(answered + IN_FLIGHT);
}
await worker.stdin.end();
await worker.exited;
