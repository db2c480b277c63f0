// A part whose rows stand in a file that is read here and there (Parquet, spreadsheets): the file is hashed block by block, then rows are read from it, each
// block compared with what was hashed.
import type { JsonValue } from "../core/item.ts";
import { BLOCK_BYTES, type BlockMemory, BlockRecorder, orUnreadable, readBlocks } from "../io/blocks.ts";
import type { FileSystem } from "../io/fs.ts";
import { RandomFile } from "../io/random-file.ts";
import { eventLoopTurn, withTurns } from "../io/turns.ts";
import { ContentHasher } from "./digest.ts";
import type { InputBytes, InputPart, InputSpec } from "./input.ts";
import type { OpenOptions } from "./open-part.ts";
import { rowItem } from "./row-items.ts";

/** Rows in order: JSON texts without line breaks, or how many were passed over. At most a few hundred at once. */
export type Rows =
  | { readonly lines: readonly number[]; readonly texts: readonly string[] }
  | { readonly skipped: number };

/**
 * Reads the rows of a file. `isWanted` tells whether any of `count` rows from `first` (from 0) is needed; those of which none is may be passed over.
 * What is wrong with the file is thrown as `input.*`.
 */
export type RowFormat = (
  file: RandomFile,
  spec: InputSpec,
  isWanted: (first: number, count: number) => boolean,
) => AsyncGenerator<Rows, void>;

export function rowsPart(
  spec: InputSpec,
  format: RowFormat,
  fs: FileSystem,
  options: OpenOptions,
): InputPart {
  const { shownPath } = spec;
  const blockBytes = options.blockBytes ?? BLOCK_BYTES;
  let memory: BlockMemory | null = null;
  let path = spec.path;

  const hash = async (): Promise<InputBytes> => {
    const recorder = new BlockRecorder();
    // The recorder sees each block; there is nothing else to do with it.
    for await (const _ of withTurns(readBlocks(fs, path, recorder, { shownPath, blockBytes })));
    if (recorder.memory === null) throw new Error(`${spec.path}: not read to its end`);
    memory = recorder.memory;
    return { sizeBytes: memory.sizeBytes, sha256: memory.sha256 };
  };

  return {
    spec,
    moved(to) {
      path = to;
    },
    sizeBytes: () => orUnreadable(shownPath, () => fs.statSync(path).size),
    head: () => Promise.resolve(""),
    hash,
    async scan(collector) {
      const bytes = await hash();
      using file = new RandomFile(fs, path, shownPath, memory, blockBytes);
      const hasher = new ContentHasher(spec);
      for await (const rows of format(file, spec, () => true)) {
        if ("skipped" in rows) throw new Error(`${spec.path}: rows were passed over in a scan`);
        for (const [at, text] of rows.texts.entries()) {
          const line = rows.lines[at] ?? 0;
          const digest = hasher.ofText(text, collector.count, line);
          if (collector.wantsValue) collector.add(line, digest, text, JSON.parse(text) as JsonValue);
          else collector.addUnread(line, digest);
        }
        await eventLoopTurn();
      }
      return bytes;
    },
    async *read(want, first) {
      using file = new RandomFile(fs, path, shownPath, memory, blockBytes);
      const hasher = new ContentHasher(spec);
      let index = first;
      const isWanted = (from: number, count: number): boolean => {
        for (let at = 0; at < count; at++) if (want(first + from + at)) return true;
        return false;
      };
      for await (const rows of format(file, spec, isWanted)) {
        if ("skipped" in rows) {
          index += rows.skipped;
          continue;
        }
        const items = [];
        for (const [at, text] of rows.texts.entries()) {
          if (want(index)) items.push(rowItem(spec, text, index, rows.lines[at] ?? 0, hasher));
          index++;
        }
        if (items.length > 0) yield items;
      }
      return index;
    },
  };
}
