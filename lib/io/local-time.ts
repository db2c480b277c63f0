// Local time from `TZ` or the system's zone file. The first use of local time in a Date costs milliseconds (lib/core/time-zone.ts).
import { zoneOffsetS } from "../core/time-zone.ts";
import { realFileSystem as fs, O } from "./fs.ts";
import { readFully } from "./file.ts";

const SYSTEM_ZONE = "/etc/localtime";
const ZONE_FOLDER = "/usr/share/zoneinfo";
/** Time zone names of the database. Other values of `TZ` are left to the runtime. */
const ZONE_NAME = /^[A-Za-z][\w+-]*(?:\/[\w+-]+)*$/;
const ZONE_BYTES_MAX = 1 << 16;

/** A date whose UTC getters give the local time. @param atMs milliseconds since the epoch */
export function localDate(atMs: number): Date {
  const offsetS = offsetAt(atMs) ?? -new Date(atMs).getTimezoneOffset() * 60;
  return new Date(atMs + offsetS * 1000);
}

let zone: { readonly name: string | undefined; readonly file: Uint8Array | null } | null = null;

function offsetAt(atMs: number): number | null {
  const name = process.env["TZ"];
  if (name === "UTC") return 0;
  if (zone === null || zone.name !== name) zone = { name, file: readZone(name) };
  return zone.file === null ? null : zoneOffsetS(zone.file, Math.floor(atMs / 1000));
}

function readZone(name: string | undefined): Uint8Array | null {
  if (name !== undefined && !ZONE_NAME.test(name)) return null;
  try {
    const fd = fs.openSync(name === undefined ? SYSTEM_ZONE : `${ZONE_FOLDER}/${name}`, O.O_RDONLY);
    try {
      const { size } = fs.fstatSync(fd);
      return size > ZONE_BYTES_MAX ? null : readFully(fs, fd, 0, size);
    } finally {
      fs.closeSync(fd);
    }
  } catch {
    return null; // no such file: the runtime handles it
  }
}
