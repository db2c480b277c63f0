import { afterAll, expect, spyOn, test } from "bun:test";
import * as nodeFs from "node:fs";
import { readPipe } from "../../lib/io/pipe.ts";
import { ENV } from "../helpers/ckpt.ts";
import { errorOf, newFile, newPath, removeFiles } from "../helpers/inputs.ts";

afterAll(removeFiles);

function newFifo(): string {
  const path = newPath();
  expect(Bun.spawnSync(["mkfifo", path], { env: ENV }).exitCode).toBe(0);
  return path;
}

test("readPipe() gives all that a FIFO's writer writes, however late it comes", async () => {
  const path = newFifo();
  // The shell opens it: this thread would wait for a reader that it is itself.
  const go = newPath();
  const script =
    '{ echo one; until [ -e "$1" ]; do sleep 0.01; done; echo two; head -c 200000 /dev/zero; } > "$0"';
  Bun.spawn(["sh", "-c", script, path, go], { env: ENV });
  let text = "";
  for await (const piece of readPipe(path, { shownPath: "shown" })) {
    text += Buffer.from(piece).toString();
    nodeFs.writeFileSync(go, "");
  }
  expect(text).toBe(`one\ntwo\n${"\0".repeat(200_000)}`);
});

test("readPipe() waits where a non-blocking descriptor has nothing yet", async () => {
  const { O_RDWR, O_NONBLOCK } = nodeFs.constants;
  const fd = nodeFs.openSync(newFifo(), O_RDWR | O_NONBLOCK);
  // Written while it waits, having found nothing.
  using waits = spyOn(Bun, "sleep").mockImplementationOnce(() => {
    nodeFs.writeSync(fd, "late");
    return Promise.resolve();
  });
  const pieces = readPipe(fd, { shownPath: "shown" });
  expect(Buffer.from((await pieces.next()).value ?? []).toString()).toBe("late");
  expect(waits).toHaveBeenCalledTimes(1);
  await pieces.return();
  nodeFs.closeSync(fd);
});

/** Those of this process that are open on a file. */
function descriptorsOf(file: string): string[] {
  return nodeFs.readdirSync("/proc/self/fd").filter((fd) => {
    try {
      return nodeFs.readlinkSync(`/proc/self/fd/${fd}`) === file;
    } catch {
      return false; // closed meanwhile
    }
  });
}

test("readPipe() leaves a descriptor open, and closes what it opened", async () => {
  const file = newFile("content");
  const fd = nodeFs.openSync(file, "r");
  for await (const piece of readPipe(fd, { shownPath: "shown" })) expect(piece.length).toBe(7);
  expect(nodeFs.fstatSync(fd).size).toBe(7);
  nodeFs.closeSync(fd);
  for await (const piece of readPipe(file, { shownPath: "shown" })) expect(piece.length).toBe(7);
  expect(descriptorsOf(file)).toEqual([]);
});

test("readPipe() throws the reason of its signal, before and while it waits", async () => {
  const reason = new Error("stopped");
  const fd = nodeFs.openSync(newFifo(), nodeFs.constants.O_RDWR);
  const stop = new AbortController();
  const waiting = readPipe(fd, { shownPath: "shown", signal: stop.signal }).next();
  stop.abort(reason);
  expect(await waiting.catch((error: unknown) => error)).toBe(reason);
  const aborted = readPipe(fd, { shownPath: "shown", signal: stop.signal }).next();
  expect(await aborted.catch((error: unknown) => error)).toBe(reason);
  // Wakes the read that still waits on its thread.
  nodeFs.writeSync(fd, "x");
  nodeFs.closeSync(fd);
});

test("readPipe() says what is missing, a folder, or a descriptor that is none", async () => {
  const read = (source: number | string): Promise<object> =>
    errorOf(() => Array.fromAsync(readPipe(source, { shownPath: "shown" })));
  expect(await read(newPath())).toEqual({ code: "input.missing", path: "shown" });
  expect(await read(import.meta.dir)).toEqual({ code: "input.folder", path: "shown" });
  expect(await read(1023)).toMatchObject({ code: "input.unreadable", path: "shown" });
});
