// Opens an input of any format: file → (decompressed) bytes → UTF-8 → pieces. The readers behind it know nothing of files.
import { CkptError, causeText, systemCode } from "../core/errors.ts";
import {
  BLOCK_BYTES,
  type BlockCheck,
  type BlockMemory,
  BlockRecorder,
  BlockVerifier,
  noCheck,
  orUnreadable,
  readBlocks,
} from "../io/blocks.ts";
import { decompress } from "../io/decompress.ts";
import type { FileSystem } from "../io/fs.ts";
import { withTurns } from "../io/turns.ts";
import { csv } from "./csv.ts";
import type { FormatReader, ReaderContext } from "./format-reader.ts";
import type { Input, InputBytes, InputFormat, InputSpec } from "./input.ts";
import { jsonArray } from "./json-array.ts";
import { jsonl } from "./jsonl.ts";
import { ScanCollector } from "./scan-collector.ts";
import { txt } from "./txt.ts";
import { canonicalEncoding, utf8Source } from "./utf8-source.ts";

const READERS: { readonly [F in InputFormat]: FormatReader } = {
  jsonl,
  json: jsonArray,
  csv,
  tsv: csv,
  txt,
};

/** Limit of one line, element or row in bytes; with the objects made of it, it still fits into a string. */
const PIECE_BYTES_MAX: number = (1 << 30) - (1 << 20);

/** How much of an input is looked at to tell what it is. */
const HEAD_LENGTH = 64 * 1024;

export type OpenOptions = {
  /** Bytes of a block of the file; default BLOCK_BYTES. Tests cut files at every place with it. */
  readonly blockBytes?: number;
  /** Default PIECE_BYTES_MAX. */
  readonly maxPieceBytes?: number;
};

/**
 * Opens an input after having looked whether it can be read at all.
 * @throws CkptError `input.missing`, `input.folder`, `input.unreadable` (also when it is no regular file), `input.unknownEncoding`
 */
export function openInput(spec: InputSpec, fs: FileSystem, options: OpenOptions = {}): Input {
  canonicalEncoding(spec.encoding);
  preflight(spec, fs);
  const blockBytes = options.blockBytes ?? BLOCK_BYTES;
  const reader = READERS[spec.format];
  const context: ReaderContext = {
    shownPath: spec.shownPath,
    format: spec.format,
    idField: spec.idField,
    hashIndex: spec.hashIndex,
    delimiter: spec.delimiter,
    maxPieceBytes: options.maxPieceBytes ?? PIECE_BYTES_MAX,
  };
  let memory: BlockMemory | null = null;
  let file = spec.path;

  const open = (check: BlockCheck): AsyncGenerator<Uint8Array, void> => {
    const { compression, shownPath } = spec;
    const reuse = compression === "none";
    const blocks = readBlocks(fs, file, check, { shownPath, blockBytes, reuse });
    return withTurns(compression === "none" ? blocks : decompress(blocks, compression, shownPath));
  };
  const source = (check: BlockCheck): AsyncGenerator<Buffer, void> => {
    // A second opening looks for the place of an error in bytes that the first one has checked and recorded.
    let opened = 0;
    return utf8Source(() => open(opened++ === 0 ? check : noCheck), spec);
  };
  const remember = (recorder: BlockRecorder): InputBytes => {
    if (recorder.memory === null) throw new Error(`${spec.path}: not read to its end`);
    memory = recorder.memory;
    return { sizeBytes: memory.sizeBytes, sha256: memory.sha256 };
  };

  return {
    spec,
    moved(path) {
      file = path;
    },
    sizeBytes: () => orUnreadable(spec.shownPath, () => fs.statSync(file).size),
    async head() {
      let text = "";
      for await (const block of source(noCheck)) {
        text += block.toString("utf8");
        if (text.length >= HEAD_LENGTH) break;
      }
      return text;
    },
    async hash() {
      const recorder = new BlockRecorder();
      const blocks = readBlocks(fs, file, recorder, { shownPath: spec.shownPath, blockBytes });
      // The recorder sees each block; there is nothing else to do with it.
      for await (const _ of withTurns(blocks));
      return remember(recorder);
    },
    async scan(visit, fields = { paths: [], inEveryItem: false }) {
      const recorder = new BlockRecorder();
      const collector = new ScanCollector(visit, spec.idField, fields);
      await reader.scan(source(recorder), context, collector);
      const collected = collector.finish(spec.shownPath);
      return { ...remember(recorder), ...collected };
    },
    async *read(want) {
      const check = memory === null ? noCheck : new BlockVerifier(memory, spec.shownPath);
      yield* reader.read(source(check), context, want);
    },
  };
}

function preflight(spec: InputSpec, fs: FileSystem): void {
  const path = spec.shownPath;
  const unreadable = (cause: unknown): CkptError =>
    new CkptError("input.unreadable", { path, cause: causeText(cause) }, { cause });
  try {
    const stat = fs.statSync(spec.path);
    if (stat.isDirectory()) throw new CkptError("input.folder", { path });
    if (!stat.isFile()) throw unreadable("not a regular file");
    fs.closeSync(fs.openSync(spec.path, "r"));
  } catch (error) {
    if (error instanceof CkptError) throw error;
    const code = systemCode(error);
    throw code === "ENOENT" || code === "ENOTDIR"
      ? new CkptError("input.missing", { path }, { cause: error })
      : unreadable(error);
  }
}
