// Formats that ckpt does not read, and the command that turns a file of each into something it reads.
import { shellWords } from "../core/shell-quote.ts";

type Conversion = (file: string, inner: string) => string;

/** Unpacked into a pipe. */
const unpacked =
  (...program: readonly string[]): Conversion =>
  (file, inner) =>
    `${shellWords([...program, file])} | ckpt run - --format ${inner} -- COMMAND`;

/** Read by pandas or pyarrow, written as JSON lines. */
const byPython =
  (imports: string, table: string): Conversion =>
  (file) => {
    const program = `import sys, ${imports}; ${table}.to_json(sys.argv[2], orient='records', lines=True)`;
    return shellWords(["python3", "-c", program, file, `${file.replace(/\.\w+$/, "")}.jsonl`]);
  };

const byOffice: Conversion = (file) => shellWords(["soffice", "--headless", "--convert-to", "xlsx", file]);

/** What is packed: a format of its own may stand inside, so it is refused whatever `--format` says. */
const PACKED: { readonly [extension: string]: Conversion | undefined } = {
  bz2: unpacked("bzip2", "-dc"),
  xz: unpacked("xz", "-dc"),
  lzma: unpacked("xz", "--format=lzma", "-dc"),
  lz4: unpacked("lz4", "-dc"),
  br: unpacked("brotli", "-dc"),
  "7z": unpacked("7z", "x", "-so"),
  zip: unpacked("unzip", "-p"),
  rar: unpacked("unrar", "p", "-inul"),
  tar: unpacked("tar", "-xOf"),
  tgz: unpacked("tar", "-xOf"),
};

const FOREIGN: { readonly [extension: string]: Conversion | undefined } = {
  arrow: byPython("pyarrow.feather as f", "f.read_feather(sys.argv[1])"),
  feather: byPython("pyarrow.feather as f", "f.read_feather(sys.argv[1])"),
  orc: byPython("pandas as p", "p.read_orc(sys.argv[1])"),
  pkl: byPython("pandas as p", "p.read_pickle(sys.argv[1])"),
  pickle: byPython("pandas as p", "p.read_pickle(sys.argv[1])"),
  xls: byOffice,
  xlsb: byOffice,
  ods: byOffice,
};

/**
 * The command that turns a file into something that ckpt reads, by the extension of its name; null where that says nothing.
 * @param isNamed a format was named, so that only what packs it can be wrong
 * @param isRead whether a word is the name of a format that is read
 */
export function conversionOf(
  file: string,
  isNamed: boolean,
  isRead: (name: string) => boolean,
): string | null {
  const names = file
    .toLowerCase()
    .replace(/\.(?:gz|zst)$/, "")
    .split(".")
    .slice(1);
  const name = names.at(-1) ?? "";
  const conversion = own(PACKED, name) ?? (isNamed ? undefined : own(FOREIGN, name));
  if (conversion === undefined) return null;
  const inner = names.at(-2) ?? "";
  return conversion(file, isRead(inner) ? inner : "jsonl");
}

function own(
  table: { readonly [name: string]: Conversion | undefined },
  name: string,
): Conversion | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
