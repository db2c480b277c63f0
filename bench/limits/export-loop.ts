// The limit for an export: a bare loop that holds the whole log in memory, finds each record, and reads and encodes them anew in the order of the input.
// It checks nothing. Arguments: log, output.
import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from "node:fs";

const [log = "", output = ""] = process.argv.slice(2);
const NEWLINE = 0x0a;
const BUFFER_CHARACTERS = 1 << 18;

const bytes = readFileSync(log);
const starts: number[] = [];
for (let start = 0; start < bytes.length; start = bytes.indexOf(NEWLINE, start) + 1) {
  // `{"v":1,"seq":N,"index":N,`: what stands behind the second colon from here is the item's place.
  const at = bytes.indexOf(":", bytes.indexOf(",", start + 13)) + 1;
  starts[Number.parseInt(bytes.toString("latin1", at, at + 10), 10)] = start;
}

const fd = openSync(output, "w");
let text = "";
for (const start of starts) {
  const line = bytes.toString("utf8", start, bytes.indexOf(NEWLINE, start));
  const record = JSON.parse(line) as { readonly index: number; readonly output: unknown };
  text += `${JSON.stringify({ index: record.index, status: "ok", output: record.output })}\n`;
  if (text.length > BUFFER_CHARACTERS) {
    writeSync(fd, text);
    text = "";
  }
}
writeSync(fd, text);
fsyncSync(fd);
closeSync(fd);
