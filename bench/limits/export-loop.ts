// The limit for an export: a bare loop that reads the records in the order of the input and writes each anew. Arguments: log, output.
import { closeSync, openSync, readFileSync, writeSync } from "node:fs";

const [log = "", output = ""] = process.argv.slice(2);
type Line = { readonly index: number; readonly output: unknown };
const lines: Line[] = [];
for (const line of readFileSync(log, "utf8").split("\n")) {
  if (line === "") continue;
  const record = JSON.parse(line) as Line;
  lines[record.index] = record;
}
const fd = openSync(output, "w");
let text = "";
for (const { index, output: value } of lines) {
  text += `${JSON.stringify({ index, status: "ok", output: value })}\n`;
  if (text.length > 1 << 18) {
    writeSync(fd, text);
    text = "";
  }
}
writeSync(fd, text);
closeSync(fd);
