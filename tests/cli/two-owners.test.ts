// Two runs on one checkpoint where the lock does not keep them apart: two mounts of one folder, as on two machines that share a file system.
// Needs bindfs, unshare.
import { afterAll, describe, expect, setDefaultTimeout } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { ckpt, ENV, EXECUTABLE, newFolder, read, start, writeLines } from "../helpers/ckpt.ts";
import { testUnless } from "../helpers/test-unless.ts";
import { until } from "../helpers/until.ts";

setDefaultTimeout(60_000);

const ITEMS = 6;
const MODULE = path.resolve(import.meta.dir, "../fixtures/processors/wait-for-file.ts");
const MISSING = [
  ...(process.getuid?.() === 0 ? [] : ["no root"]),
  ...(fs.existsSync("/dev/fuse") ? [] : ["no /dev/fuse"]),
];

const mounts: string[] = [];
afterAll(() => {
  for (const mount of mounts) Bun.spawnSync(["umount", "--lazy", mount], { env: ENV });
});

type Machines = { readonly shared: string; readonly here: string; readonly there: string };

/** A folder as it is, and as two machines see it. */
function machines(): Machines {
  const folder = newFolder();
  const [shared, here, there] = ["shared", "here", "there"].map((name) => {
    fs.mkdirSync(path.join(folder, name));
    return path.join(folder, name);
  }) as [string, string, string];
  for (const mount of [here, there]) {
    const { success, stderr } = Bun.spawnSync(["bindfs", shared, mount], { env: ENV, stderr: "pipe" });
    if (!success) throw new Error(`bindfs: ${stderr.toString()}`);
    mounts.push(mount);
  }
  writeLines(
    shared,
    "q.jsonl",
    Array.from({ length: ITEMS }, (_, i) => JSON.stringify({ i })),
  );
  return { shared, here, there };
}

const RUN = ["run", "q.jsonl", "--module", MODULE, "-j", "1", "--batch-size", "1"];

function committed(shared: string): number {
  try {
    return JSON.parse(read(shared, "checkpoints/processing_status.json")).results_saved;
  } catch {
    return 0; // not there yet
  }
}

/** A run that has saved two items, and waits with the third until the file `go` is there. */
async function waitingRun(
  { shared, here }: Machines,
  args: readonly string[],
): Promise<ReturnType<typeof start>> {
  const run = start(here, [...RUN, ...args], { HOLD: path.join(shared, "go") });
  await until(() => committed(shared) === 2);
  return run;
}

/** A run on another machine, to its end. */
async function runThere(
  { there }: Machines,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<{ readonly code: number; readonly err: string }> {
  const words = ["unshare", "--uts", "sh", "-c", 'hostname elsewhere; exec "$@"', "sh", EXECUTABLE];
  const child = Bun.spawn([...words, ...RUN, ...args], {
    cwd: there,
    env: { ...ENV, ...env },
    stdin: "ignore",
    stderr: "pipe",
  });
  return { err: await child.stderr.text(), code: await child.exited };
}

async function endOf(
  run: ReturnType<typeof start>,
): Promise<{ readonly code: number; readonly err: string }> {
  return { err: await run.stderr.text(), code: await run.exited };
}

function occurrences(text: string, part: string): number {
  return text.split(part).length - 1;
}

const outputOf = (there: string): unknown[] =>
  read(there, "q.results.jsonl")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line).output);

describe("on a file system whose locks do not reach", () => {
  testUnless(
    MISSING,
    "each run warns once; the earlier owner stops with 11 and calls nothing more saved",
    async () => {
      const place = machines();
      const run = await waitingRun(place, ["--progress", "json"]);
      const other = await runThere(place, ["--limit", "2"]);
      expect(other).toMatchObject({ code: 4 });
      expect(occurrences(other.err, "is on FUSE: its locks may not keep out a run on another machine")).toBe(
        1,
      );
      expect(other.err).toMatch(/^Taken over from process \d+ on .* which was not seen to end\./m);
      expect(committed(place.shared)).toBe(4);
      fs.writeFileSync(path.join(place.shared, "go"), "");
      const { code, err } = await endOf(run);
      const events = err
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line));
      expect(code).toBe(11);
      expect(events.at(-1)).toMatchObject({
        event: "error",
        error: {
          code: "checkpoint.takenOver",
          message: expect.stringContaining("has taken over the checkpoint"),
        },
      });
      expect(events.filter(({ text }) => text?.includes("is on FUSE"))).toHaveLength(1);
      expect(Math.max(...events.map(({ saved }) => saved ?? 0))).toBeLessThanOrEqual(2);
      expect(committed(place.shared)).toBe(4);
      expect((await ckpt(place.there, ["verify"])).code).toBe(0);
      expect(await runThere(place, [])).toMatchObject({ code: 0 });
      expect(outputOf(place.there)).toEqual([0, 1, 2, 3, 4, 5]);
    },
  );

  testUnless(MISSING, "the same in Chinese, while the other one is still running", async () => {
    const place = machines();
    const run = await waitingRun(place, ["--lang", "zh"]);
    const hold = path.join(place.shared, "later");
    const other = runThere(place, ["--lang", "zh"], { HOLD: hold });
    await until(() => /"host":"elsewhere"/.test(read(place.shared, "checkpoints/processing_status.json")));
    fs.writeFileSync(path.join(place.shared, "go"), "");
    const { code, err } = await endOf(run);
    expect({ code, err }).toMatchObject({ code: 11 });
    expect(occurrences(err, "位于 FUSE 上：它的锁未必能阻止另一台机器上的运行")).toBe(1);
    expect(err).toMatch(/已停止：检查点 \S+ 已被接管，进程 \d+（主机 elsewhere）自 .* 起正在使用它/);
    await until(() => /"host":"elsewhere"/.test(read(place.shared, "checkpoints/owner.json")));
    fs.writeFileSync(hold, "");
    const ended = await other;
    expect(ended).toMatchObject({ code: 0 });
    expect(ended.err).toMatch(/已接管检查点：先前使用它的是进程 \d+（主机 .*，未见其结束。/);
    expect(outputOf(place.there)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  testUnless(
    MISSING,
    "an owner that comes back after the other one has completed the job stops with 11",
    async () => {
      const place = machines();
      const run = await waitingRun(place, []);
      expect(await runThere(place, [])).toMatchObject({ code: 0 });
      fs.writeFileSync(path.join(place.shared, "go"), "");
      const { code, err } = await endOf(run);
      expect({ code, err }).toMatchObject({ code: 11 });
      expect(err).toContain("Stopped: another process has taken over the checkpoint");
      expect(outputOf(place.there)).toEqual([0, 1, 2, 3, 4, 5]);
      expect(fs.existsSync(path.join(place.shared, "checkpoints/processing_status.json"))).toBe(false);
    },
  );
});
