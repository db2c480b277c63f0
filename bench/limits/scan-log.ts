// The limit for a resume: a bare loop that verifies the checksum and the link of each record of a log, and hashes the input. Arguments: log, input.
import { closeSync, openSync, readSync } from "node:fs";

const [log = "", input = ""] = process.argv.slice(2);
const digest = new Uint8Array(32);
let prev = "";
let records = 0;

eachBlock(log, (block) => {
  let start = 0;
  for (let end = block.indexOf(10); end >= 0; end = block.indexOf(10, start)) {
    const line = block.subarray(start, end);
    const tail = line.toString("latin1", line.length - 43);
    Bun.SHA256.hash(line.subarray(0, line.length - 18), digest);
    const sum = Buffer.from(digest.buffer, 0, 8).toString("hex");
    if (tail.slice(25, 41) !== sum || (records > 0 && tail.slice(0, 16) !== prev))
      throw new Error(`record ${records + 1}`);
    prev = sum;
    records++;
    start = end + 1;
  }
  return start;
});
const hasher = new Bun.CryptoHasher("sha256");
eachBlock(input, (block) => {
  hasher.update(block);
  return block.length;
});
console.log(records, hasher.digest("hex"));

/** Reads a file; `use` says how much of the block it has taken. */
function eachBlock(file: string, use: (block: Buffer) => number): void {
  const fd = openSync(file, "r");
  const buffer = Buffer.allocUnsafe(1 << 20);
  let filled = 0;
  for (let count = readSync(fd, buffer, 0, buffer.length, null); count > 0;) {
    filled += count;
    const used = use(buffer.subarray(0, filled));
    buffer.copyWithin(0, used, filled);
    filled -= used;
    count = readSync(fd, buffer, filled, buffer.length - filled, null);
  }
  closeSync(fd);
}
