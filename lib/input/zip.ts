// The entries of a zip file as text, in pieces: yauzl reads the directory and unpacks; sizes and checksums are verified here and there.
import { Readable } from "node:stream";
import { crc32 } from "node:zlib";
import type { Entry, ZipFile } from "yauzl";
import type { RandomFile } from "../io/random-file.ts";

export type Zip = {
  has(name: string): boolean;
  /** Size of an entry, unpacked; 0 when it is not there. */
  sizeBytes(name: string): number;
  /** An entry's text. @throws what is wrong with it */
  text(name: string): AsyncGenerator<string, void>;
};

const PIECE_BYTES = 64 * 1024;

/** @throws what is wrong with the directory */
export async function openZip(file: RandomFile): Promise<Zip> {
  const yauzl = await import("yauzl");
  class FileReader extends yauzl.RandomAccessReader {
    override _readStreamForRange(start: number, end: number): Readable {
      return Readable.from(slices(file, start, end), { objectMode: false });
    }
  }
  const zip = await new Promise<ZipFile>((resolve, reject) => {
    const options = { lazyEntries: true, autoClose: false };
    yauzl.fromRandomAccessReader(new FileReader(), file.sizeBytes, options, (error, opened) => {
      if (error === null) resolve(opened);
      else reject(error);
    });
  });
  const entries = await entriesOf(zip);
  return {
    has: (name) => entries.has(name),
    sizeBytes: (name) => entries.get(name)?.uncompressedSize ?? 0,
    text: (name) => textOf(zip, entries.get(name)),
  };
}

function* slices(file: RandomFile, start: number, end: number): Generator<Buffer, void> {
  for (let at = start; at < end; at += PIECE_BYTES)
    yield Buffer.from(file.slice(at, Math.min(end, at + PIECE_BYTES)).buffer);
}

function entriesOf(zip: ZipFile): Promise<Map<string, Entry>> {
  const entries = new Map<string, Entry>();
  return new Promise((resolve, reject) => {
    zip.on("error", reject);
    zip.on("end", () => resolve(entries));
    zip.on("entry", (entry: Entry) => {
      entries.set(entry.fileName, entry);
      zip.readEntry();
    });
    zip.readEntry();
  });
}

async function* textOf(zip: ZipFile, entry: Entry | undefined): AsyncGenerator<string, void> {
  if (entry === undefined) return;
  const stream = await new Promise<Readable>((resolve, reject) => {
    zip.openReadStream(entry, (error, opened) => {
      if (error === null) resolve(opened);
      else reject(error);
    });
  });
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let sum = 0;
  for await (const piece of stream as AsyncIterable<Buffer>) {
    sum = crc32(piece, sum);
    yield decoder.decode(piece, { stream: true });
  }
  if (sum !== entry.crc32) throw new Error(`${entry.fileName} has a wrong checksum`);
  yield decoder.decode();
}
