// A zip archive whose bytes depend on its files and their time alone. Files below 4 GiB; names in UTF-8.
import { crc32 } from "node:zlib";
import { inOrder, type PackedFile } from "./packed-file.ts";

const UTF8_NAMES = 1 << 11;
const DEFLATED = 8;
const VERSION_NEEDED = 20;
/** 3: what is said of permissions is meant as on Unix. */
const MADE_BY_UNIX = Uint8Array.of(VERSION_NEEDED, 3);
const REGULAR_FILE = 0o100000;

/** Files in order of their paths. */
export function zip(files: readonly PackedFile[], epochSeconds: number): Uint8Array {
  const { date, time } = dosTime(epochSeconds);
  const parts: Uint8Array[] = [];
  const entries: Uint8Array[] = [];
  let offset = 0;
  for (const file of inOrder(files)) {
    const name = Buffer.from(file.path);
    const packed = Bun.deflateSync(new Uint8Array(file.bytes), { library: "libdeflate", level: 9 });
    const common = Buffer.alloc(26);
    common.writeUInt16LE(VERSION_NEEDED, 0);
    common.writeUInt16LE(UTF8_NAMES, 2);
    common.writeUInt16LE(DEFLATED, 4);
    common.writeUInt16LE(time, 6);
    common.writeUInt16LE(date, 8);
    common.writeUInt32LE(crc32(file.bytes), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(file.bytes.length, 18);
    common.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from("PK\u0003\u0004", "latin1"), common, name]);
    // Of the entry behind the common part: length of the comment, disk, internal attributes, permissions, offset.
    const entry = Buffer.alloc(14);
    const mode = REGULAR_FILE | (file.isExecutable === true ? 0o755 : 0o644);
    entry.writeUInt32LE((mode << 16) >>> 0, 6);
    entry.writeUInt32LE(offset, 10);
    entries.push(Buffer.from("PK\u0001\u0002", "latin1"), MADE_BY_UNIX, common, entry, name);
    parts.push(local, packed);
    offset += local.length + packed.length;
  }
  const directory = Buffer.concat(entries);
  return Buffer.concat([...parts, directory, endOfDirectory(files.length, directory.length, offset)]);
}

function endOfDirectory(count: number, bytes: number, offset: number): Uint8Array {
  const end = Buffer.alloc(22);
  end.write("PK\u0005\u0006", 0, "latin1");
  end.writeUInt16LE(count, 8);
  end.writeUInt16LE(count, 10);
  end.writeUInt32LE(bytes, 12);
  end.writeUInt32LE(offset, 16);
  return end;
}

/** Two seconds are the unit, 1980 is the beginning. The zone is UTC. */
function dosTime(epochSeconds: number): { readonly date: number; readonly time: number } {
  const at = new Date(epochSeconds * 1000);
  return {
    date: ((at.getUTCFullYear() - 1980) << 9) | ((at.getUTCMonth() + 1) << 5) | at.getUTCDate(),
    time: (at.getUTCHours() << 11) | (at.getUTCMinutes() << 5) | (at.getUTCSeconds() >> 1),
  };
}
