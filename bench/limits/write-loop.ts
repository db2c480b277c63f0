// The limit for an export to Parquet: a bare loop over the same library, which reads the log as it lies, checks nothing, and knows the types beforehand.
// Arguments: log, output.
import { closeSync, createReadStream, fsyncSync, openSync, writeSync } from "node:fs";
import { createInterface } from "node:readline";
import { ByteWriter, parquetWriteRows } from "hyparquet-writer";

const [log = "", output = ""] = process.argv.slice(2);
const GROUP_ROWS = 20_000;

const fd = openSync(output, "w");
class FileWriter extends ByteWriter {
  flush(): void {
    writeSync(fd, new Uint8Array(this.buffer, 0, this.index));
    this.index = 0;
  }
  override finish(): void {
    this.flush();
  }
}

type Row = { readonly index: bigint; readonly status: string; readonly output: string; readonly error: null };

async function* rows(): AsyncGenerator<Row> {
  for await (const line of createInterface({ input: createReadStream(log) })) {
    const record = JSON.parse(line) as { readonly index: number; readonly output: unknown };
    const text = typeof record.output === "string" ? record.output : JSON.stringify(record.output);
    yield { index: BigInt(record.index), status: "ok", output: text, error: null };
  }
}

await parquetWriteRows({
  writer: new FileWriter(),
  rows: rows(),
  columns: [
    { name: "index", type: "INT64" },
    { name: "status", type: "STRING" },
    { name: "output", type: "STRING" },
    { name: "error", type: "STRING" },
  ],
  codec: "ZSTD",
  compressors: { ZSTD: (bytes) => Bun.zstdCompressSync(bytes) },
  rowGroupSize: GROUP_ROWS,
});
fsyncSync(fd);
closeSync(fd);
