// A tar archive (POSIX ustar) whose bytes depend on its files and their time alone: own writer, because the tar of a machine has options and versions.
import { inOrder, type PackedFile } from "./packed-file.ts";

const BLOCK_BYTES = 512;
const NAME_BYTES_MAX = 100;
const PREFIX_BYTES_MAX = 155;
/** tar reads and writes records of 20 blocks; the archive is filled up to a whole one. */
const RECORD_BYTES = 20 * BLOCK_BYTES;

/** Files in order of their paths, each folder before what is in it. All belong to root. @throws Error for a path that ustar cannot hold. */
export function tar(files: readonly PackedFile[], epochSeconds: number): Uint8Array {
  const parts: Uint8Array[] = [];
  const folders = new Set<string>();
  for (const file of inOrder(files)) {
    for (const folder of foldersOf(file.path)) {
      if (folders.has(folder)) continue;
      folders.add(folder);
      parts.push(header(folder, 0, 0o755, "5", epochSeconds));
    }
    const mode = file.isExecutable === true ? 0o755 : 0o644;
    parts.push(header(file.path, file.bytes.length, mode, "0", epochSeconds), file.bytes);
    parts.push(zeros(-file.bytes.length, BLOCK_BYTES));
  }
  const bytes = parts.reduce((sum, { length }) => sum + length, 2 * BLOCK_BYTES);
  parts.push(new Uint8Array(2 * BLOCK_BYTES), zeros(-bytes, RECORD_BYTES));
  return Buffer.concat(parts);
}

/** `a/b/c` → `a/`, `a/b/`. */
function foldersOf(path: string): readonly string[] {
  const parts = path.split("/").slice(0, -1);
  return parts.map((_part, index) => `${parts.slice(0, index + 1).join("/")}/`);
}

/** As many zeros as bring `-negativeBytes` up to a multiple of `unit`. */
function zeros(negativeBytes: number, unit: number): Uint8Array {
  return new Uint8Array(((negativeBytes % unit) + unit) % unit);
}

function header(path: string, bytes: number, mode: number, type: "0" | "5", seconds: number): Uint8Array {
  const block = Buffer.alloc(BLOCK_BYTES);
  const [prefix, name] = splitPath(path);
  const octal = (value: number, at: number, length: number): void => {
    block.write(`${value.toString(8).padStart(length - 1, "0")}\0`, at, "latin1");
  };
  block.write(name, 0, "utf8");
  octal(mode, 100, 8);
  octal(0, 108, 8); // uid
  octal(0, 116, 8); // gid
  octal(bytes, 124, 12);
  octal(seconds, 136, 12);
  block.write("        ", 148, "latin1"); // the checksum counts as blanks while it is summed up
  block.write(type, 156, "latin1");
  block.write("ustar\u{0}00", 257, "latin1");
  block.write("root", 265, "latin1");
  block.write("root", 297, "latin1");
  octal(0, 329, 8);
  octal(0, 337, 8);
  block.write(prefix, 345, "utf8");
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return block;
}

/** ustar keeps a long path in two pieces, cut at a slash. */
function splitPath(path: string): readonly [string, string] {
  if (Buffer.byteLength(path) <= NAME_BYTES_MAX) return ["", path];
  for (let cut = path.indexOf("/"); cut > 0; cut = path.indexOf("/", cut + 1)) {
    const [prefix, name] = [path.slice(0, cut), path.slice(cut + 1)];
    if (
      Buffer.byteLength(prefix) <= PREFIX_BYTES_MAX &&
      Buffer.byteLength(name) <= NAME_BYTES_MAX &&
      name !== ""
    )
      return [prefix, name];
  }
  throw new Error(`${path}: a tar archive cannot hold a path that long`);
}
