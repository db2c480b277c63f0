import { expect, test } from "bun:test";
import * as path from "node:path";
import { type FileSystem, realFileSystem } from "../../lib/io/fs.ts";
import { lockHolder } from "../../lib/io/lock-holder.ts";
import { temporaryFolder } from "../helpers/attempts.ts";
import { ENV } from "../helpers/ckpt.ts";

/** A system that does not list its locks. */
const WITHOUT_TABLE: FileSystem = {
  ...realFileSystem,
  openSync: (file, flags, mode) => {
    if (file === "/proc/locks") throw Object.assign(new Error("ENOENT: /proc/locks"), { code: "ENOENT" });
    return realFileSystem.openSync(file, flags, mode);
  },
};

/** A process of its own that holds the lock until its standard input ends. */
const HOLDER = `
  import { systemClock } from "${path.resolve(import.meta.dir, "../../lib/io/clock.ts")}";
  import { realFileSystem } from "${path.resolve(import.meta.dir, "../../lib/io/fs.ts")}";
  import { takeLock } from "${path.resolve(import.meta.dir, "../../lib/io/lock.ts")}";
  console.log((await takeLock(realFileSystem, process.argv.at(-1), systemClock)) === null ? "refused" : "held");
  await Bun.stdin.text();
`;

async function hold(file: string): Promise<Bun.Subprocess<"pipe", "pipe", "inherit">> {
  const child = Bun.spawn([process.execPath, "-e", HOLDER, file], {
    env: ENV,
    stdio: ["pipe", "pipe", "inherit"],
  });
  for await (const piece of child.stdout) {
    expect(Buffer.from(piece).toString()).toBe("held\n");
    break;
  }
  return child;
}

test("without a list of locks the lock itself tells whether it is held, at most once a second", async () => {
  using folder = temporaryFolder();
  const file = path.join(folder.path, "lock");
  expect(lockHolder(WITHOUT_TABLE, file, 0)).toBe("free");
  const child = await hold(file);
  expect(lockHolder(WITHOUT_TABLE, file, 0)).toEqual({ pid: null });
  expect(lockHolder(realFileSystem, file)).toEqual({ pid: child.pid });
  child.kill("SIGKILL");
  await child.exited;
  expect(lockHolder(WITHOUT_TABLE, file, 999)).toEqual({ pid: null });
  expect(lockHolder(WITHOUT_TABLE, file, 1000)).toBe("free");
  // Asking has left nothing behind that would keep the next one out.
  const next = await hold(file);
  next.kill("SIGKILL");
  await next.exited;
});

test("what is no database of a lock tells nothing", () => {
  using folder = temporaryFolder();
  expect(lockHolder(WITHOUT_TABLE, folder.path, 0)).toBeNull();
});
