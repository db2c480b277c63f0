// The limit for an export: a bare loop, over the same library where there is one, which reads the log as it lies, checks nothing, and knows types and
// columns beforehand. Arguments: kind, log, output.
import { closeSync, createReadStream, fsyncSync, openSync, writeSync } from "node:fs";
import { createInterface } from "node:readline";
import { ByteWriter, parquetWriteRows } from "hyparquet-writer";

const [kind = "", log = "", output = ""] = process.argv.slice(2);
const GROUP_ROWS = 20_000;
const BUFFER_CHARACTERS = 1 << 18;

type Logged = {
  readonly index: number;
  readonly id: string | null;
  readonly output: unknown;
  readonly attempts: number;
  readonly started_at: string;
  readonly duration_ms: number;
  readonly fp: string;
};
type Flat = { readonly answer: string; readonly length: number; readonly tags: { readonly short: boolean } };

const OWN = ["index", "status", "output", "error"];
const META = ["attempts", "started_at", "duration_ms", "fingerprint"];
const FLAT = ["output.answer", "output.length", "output.tags.short"];
const LOOPS: Readonly<Record<string, () => Promise<void>>> = {
  parquet,
  json,
  csv: () => table(OWN, ",", own),
  tsv: () => table(OWN, "\t", own),
  flatten: () => table(["index", "status", "error", ...FLAT], ",", flat),
  meta: () => table([...OWN, ...META], ",", (record) => [...own(record), ...meta(record)]),
};
const loop = LOOPS[kind];
if (loop === undefined) throw new Error(`no loop ${kind}`);
class FileWriter extends ByteWriter {
  flush(): void {
    writeSync(fd, new Uint8Array(this.buffer, 0, this.index));
    this.index = 0;
  }
  override finish(): void {
    this.flush();
  }
}

const fd = openSync(output, "w");
await loop();
fsyncSync(fd);
closeSync(fd);

async function* records(): AsyncGenerator<Logged> {
  for await (const line of createInterface({ input: createReadStream(log) }))
    yield JSON.parse(line) as Logged;
}

/** Writes pieces of text, many at once. */
async function write(pieces: AsyncIterable<string>): Promise<void> {
  let text = "";
  for await (const piece of pieces) {
    text += piece;
    if (text.length < BUFFER_CHARACTERS) continue;
    writeSync(fd, text);
    text = "";
  }
  writeSync(fd, text);
}

async function json(): Promise<void> {
  const pieces = async function* (): AsyncGenerator<string> {
    let before = "[\n";
    for await (const { index, output: answer } of records()) {
      yield before + JSON.stringify({ index, status: "ok", output: answer });
      before = ",\n";
    }
    yield "\n]\n";
  };
  await write(pieces());
}

async function table(
  columns: readonly string[],
  delimiter: string,
  cellsOf: (record: Logged) => readonly string[],
): Promise<void> {
  const row = (cells: readonly string[]): string => `${cells.map(quoted).join(delimiter)}\r\n`;
  const pieces = async function* (): AsyncGenerator<string> {
    yield row(columns);
    for await (const record of records()) yield row(cellsOf(record));
  };
  await write(pieces());
}

function quoted(cell: string): string {
  return /[",\t\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

function own({ index, output: answer }: Logged): string[] {
  return [String(index), "ok", typeof answer === "string" ? answer : JSON.stringify(answer), ""];
}

function flat({ index, output: answer }: Logged): string[] {
  const { answer: text, length, tags } = answer as Flat;
  return [String(index), "ok", "", text, String(length), String(tags.short)];
}

function meta({ attempts, started_at: started, duration_ms: took, fp }: Logged): string[] {
  return [String(attempts), started, String(took), fp];
}

async function parquet(): Promise<void> {
  await parquetWriteRows({
    writer: new FileWriter(),
    rows: typedRows(),
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
}

type Row = { readonly index: bigint; readonly status: string; readonly output: string; readonly error: null };

async function* typedRows(): AsyncGenerator<Row> {
  for await (const record of records()) {
    const [, status = "", text = ""] = own(record);
    yield { index: BigInt(record.index), status, output: text, error: null };
  }
}
