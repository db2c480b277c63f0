// An input of any number of parts: their items one after another under one index.
import type { Item } from "../core/item.ts";
import type { FileSystem } from "../io/fs.ts";
import { eventLoopTurn } from "../io/turns.ts";
import type { Input, InputBytes, InputPart, InputSpec, WholeSpec } from "./input.ts";
import { openPart, type OpenOptions } from "./open-part.ts";
import { ScanCollector } from "./scan-collector.ts";

/** Opens an input of one part. @throws as openPart() */
export function openInput(spec: InputSpec, fs: FileSystem, options: OpenOptions = {}): Input {
  const part = openPart(spec, fs, options);
  return inputOfParts([part], spec);
}

/**
 * The input that parts make. The SHA-256 of one plain part is that of its bytes; of several, and where the name of a file belongs to what its items are
 * known by, it is that of what sha256sum prints of the files.
 */
export function inputOfParts(parts: readonly InputPart[], spec: WholeSpec): Input {
  const [only] = parts;
  const isPlain = parts.length === 1 && !spec.hashFile && spec.idField !== "_file";
  const joined = (bytes: readonly InputBytes[]): InputBytes => {
    const [first] = bytes;
    return isPlain && first !== undefined ? first : joinBytes(parts, bytes);
  };
  const ofSeveral = parts.length > 1 || spec.format === "files";
  return {
    spec,
    parts,
    ofSeveral,
    moved(path) {
      only?.moved(path);
    },
    sizeBytes: () => parts.reduce((sum, part) => sum + part.sizeBytes(), 0),
    async hash() {
      const bytes: InputBytes[] = [];
      for await (const part of withTurns(parts)) bytes.push(await part.hash());
      return joined(bytes);
    },
    async scan(visit, fields = { paths: [], inEveryItem: false }) {
      const collector = new ScanCollector(visit, spec.idField, fields);
      const bytes: InputBytes[] = [];
      for await (const part of withTurns(parts)) {
        collector.beginPart(part.spec.shownPath);
        bytes.push(await part.scan(collector));
      }
      const collected = collector.finish(spec.shownPath, ofSeveral);
      return { ...joined(bytes), ...collected };
    },
    async *read(want) {
      let first = 0;
      for await (const part of withTurns(parts)) {
        const items = part.read(want, first);
        first = yield* parts.length === 1 ? items : named(items, part.spec.shownPath);
      }
    },
  };
}

/** After so many files the event loop gets a turn, however short they are: each has a read of its own, and no turn within it. */
export const TURN_PARTS = 64;

async function* withTurns(parts: readonly InputPart[]): AsyncGenerator<InputPart, void> {
  for (const [at, part] of parts.entries()) {
    yield part;
    if ((at + 1) % TURN_PARTS === 0) await eventLoopTurn();
  }
}

/** The items of one of several parts: what is no item says in which file it stands. */
async function* named(
  pieces: AsyncGenerator<readonly Item[], number>,
  file: string,
): AsyncGenerator<readonly Item[], number> {
  for (;;) {
    const { done, value } = await pieces.next();
    if (done === true) return value;
    yield value.some(({ defect }) => defect !== undefined) ? value.map((item) => inFile(item, file)) : value;
  }
}

function inFile(item: Item, file: string): Item {
  return item.defect === undefined ? item : { ...item, defect: `${file}, ${item.defect}` };
}

function joinBytes(parts: readonly InputPart[], bytes: readonly InputBytes[]): InputBytes {
  const hasher = new Bun.CryptoHasher("sha256");
  let sizeBytes = 0;
  for (const [at, { sha256, sizeBytes: size }] of bytes.entries()) {
    hasher.update(`${sha256}  ${parts[at]?.spec.shownPath ?? ""}\n`);
    sizeBytes += size;
  }
  return { sizeBytes, sha256: hasher.digest("hex") };
}
