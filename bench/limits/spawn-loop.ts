// The limit for commands: a bare loop that starts them two at a time and reads what they print. Argument: file of lines.
import { readFileSync } from "node:fs";

const [input = ""] = process.argv.slice(2);
const lines = readFileSync(input, "utf8").trim().split("\n");
let next = 0;

async function worker(): Promise<void> {
  for (let line = lines[next++]; line !== undefined; line = lines[next++]) {
    const child = Bun.spawn(["/bin/echo", line], { stdin: "ignore", stdout: "pipe", stderr: "ignore" });
    await new Response(child.stdout).text();
    await child.exited;
  }
}
await Promise.all([worker(), worker()]);
