// The limit for a module: a bare loop that parses the same lines, encodes, hashes and appends the same bytes, syncs them and replaces a status
// file, batch by batch. Arguments: input, folder, batch size.
import { closeSync, fdatasyncSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";

const [input = "", folder = "", batchText = "1000"] = process.argv.slice(2);
const batch = Number(batchText);
const log = openSync(`${folder}/log.jsonl`, "a");
const directory = openSync(folder, "r");
let prev = "0".repeat(16);
let lines: string[] = [];
let seq = 0;

for (const line of readFileSync(input, "utf8").split("\n")) {
  if (line === "") continue;
  const item = JSON.parse(line) as { readonly id: string; readonly question: string };
  seq++;
  const hash = Bun.SHA256.hash(line, "hex").slice(0, 32);
  const body = `{"v":1,"seq":${seq},"index":${seq - 1},"status":"ok","hash":"${hash}","fp":"89abcdef","output":${JSON.stringify(item.question)},"attempts":1,"started_at":"${new Date().toISOString()}","duration_ms":0,"prev":"${prev}","sum":"`;
  prev = Bun.SHA256.hash(body, "hex").slice(0, 16);
  lines.push(`${body}${prev}"}\n`);
  if (lines.length === batch) commit();
}
commit();
closeSync(log);

function commit(): void {
  writeSync(log, lines.join(""));
  fdatasyncSync(log);
  lines = [];
  const status = openSync(`${folder}/status.tmp`, "w");
  writeSync(status, JSON.stringify({ seq, prev, at: new Date().toISOString() }).padEnd(1500));
  fsyncSync(status);
  closeSync(status);
  renameSync(`${folder}/status.tmp`, `${folder}/status.json`);
  fsyncSync(directory);
}
