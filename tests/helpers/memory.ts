// Where files are made that no disk has to keep: what is killed or refused in a test stays in memory all the same.
import { mkdtempSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const MEMORY = "/dev/shm";
/** Some containers have next to no such memory. */
const ROOM_BYTES = 1 << 30;

/** A new folder, in memory where there is room for it. CKPT_TEST_MEMORY names another place. */
export function memoryFolder(prefix = "ckpt-test-"): string {
  return mkdtempSync(join(process.env["CKPT_TEST_MEMORY"] ?? place(), prefix));
}

function place(): string {
  try {
    const { bavail, bsize } = statfsSync(MEMORY);
    return bavail * bsize >= ROOM_BYTES ? MEMORY : tmpdir();
  } catch {
    return tmpdir(); // there is none
  }
}
