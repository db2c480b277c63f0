// A part of text in any format: file → (decompressed) bytes → UTF-8 → pieces. The readers behind it know nothing of files.
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
import type { FormatReader, ReaderContext } from "./format-reader.ts";
import type { InputBytes, InputPart, InputSpec } from "./input.ts";
import type { OpenOptions } from "./open-part.ts";
import { utf8Source } from "./utf8-source.ts";

/** Limit of one line, element or row in bytes; with the objects made of it, it still fits into a string. */
const PIECE_BYTES_MAX: number = (1 << 30) - (1 << 20);

/** How much of an input is read to detect its format. */
const HEAD_LENGTH = 64 * 1024;

export function textPart(
  spec: InputSpec,
  reader: FormatReader,
  fs: FileSystem,
  options: OpenOptions,
): InputPart {
  const blockBytes = options.blockBytes ?? BLOCK_BYTES;
  const context: ReaderContext = { ...spec, maxPieceBytes: options.maxPieceBytes ?? PIECE_BYTES_MAX };
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
    return utf8Source(() => open(opened++ === 0 ? check : noCheck), {
      ...spec,
      allowsNul: reader.allowsNul === true,
    });
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
    async scan(collector) {
      const recorder = new BlockRecorder();
      await reader.scan(source(recorder), context, collector);
      return remember(recorder);
    },
    read(want, first) {
      const check = memory === null ? noCheck : new BlockVerifier(memory, spec.shownPath);
      return reader.read(source(check), context, want, first);
    },
  };
}
