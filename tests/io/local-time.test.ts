import { afterAll, expect, test } from "bun:test";
import { localDate } from "../../lib/io/local-time.ts";

const before = process.env["TZ"];
afterAll(() => {
  if (before === undefined) delete process.env["TZ"];
  else process.env["TZ"] = before;
});

/** A zone of the database, one that no file is needed for, a rule in words of POSIX, nonsense. */
const ZONES = ["Europe/Berlin", "UTC", "America/New_York", "", "No/Such_Zone", "../../etc/passwd"];

test.each(ZONES)("localDate() is the time that a Date has where TZ is %p, now and long after", (zone) => {
  process.env["TZ"] = zone;
  for (const atMs of [Date.UTC(2023, 4, 30, 12), Date.UTC(2026, 11, 24, 23, 59, 59), Date.UTC(2090, 6, 1)]) {
    const local = new Date(atMs);
    const parts = [local.getFullYear(), local.getMonth(), local.getDate(), local.getHours()];
    const shown = localDate(atMs);
    expect([shown.getUTCFullYear(), shown.getUTCMonth(), shown.getUTCDate(), shown.getUTCHours()]).toEqual(
      parts,
    );
  }
});
