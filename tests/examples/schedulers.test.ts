// The scripts for Slurm, as far as they run without it: its commands are scripts here that note how they were called.
import { expect, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { ckpt, ENV, EXECUTABLE, newFolder, read, writeLines } from "../helpers/ckpt.ts";
import { until } from "../helpers/until.ts";

const EXAMPLES = path.join(import.meta.dir, "../../examples");

function job(items: number): string {
  const folder = newFolder();
  const lines = Array.from({ length: items }, (_, at) => `{"id":"q${at + 1}","x":${at + 1}}`);
  writeLines(folder, "q.jsonl", lines);
  fs.mkdirSync(path.join(folder, "bin"));
  fs.symlinkSync(EXECUTABLE, path.join(folder, "bin/ckpt"));
  return folder;
}

function program(folder: string, name: string, text: string): void {
  fs.writeFileSync(path.join(folder, "bin", name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
}

function task(
  folder: string,
  id: number,
  words: readonly string[],
): Bun.Subprocess<"ignore", "ignore", "pipe"> {
  return Bun.spawn(["bash", path.join(EXAMPLES, "slurm/job.sh"), "q.jsonl", "--id", "id", ...words], {
    cwd: folder,
    env: {
      ...ENV,
      PATH: `${path.join(folder, "bin")}:${ENV["PATH"] ?? ""}`,
      SHARDS: "2",
      SLURM_JOB_ID: "100",
      SLURM_ARRAY_JOB_ID: "100",
      SLURM_ARRAY_TASK_ID: String(id),
      SLURM_ARRAY_TASK_COUNT: "2",
      SLURM_ARRAY_TASK_MIN: "0",
      SLURM_ARRAY_TASK_MAX: "1",
      SLURM_ARRAY_TASK_STEP: "1",
    },
    stdio: ["ignore", "ignore", "pipe"],
  });
}

test("job.sh runs its shard; told to stop, it tells ckpt, and asks for another start", async () => {
  const folder = job(40);
  // A requeue ends the script, as Slurm does.
  program(folder, "scontrol", `echo "$@" >> ${folder}/called\nkill -9 $PPID`);
  const slow = task(folder, 1, ["-j", "1", "--shell", "echo {x} >> ran; sleep 0.1"]);
  await until(() => fs.existsSync(path.join(folder, "ran")));
  slow.kill("SIGTERM");
  await slow.exited;
  expect(read(folder, "called")).toBe("requeue 100_1\n");
  expect(await slow.stderr.text()).toContain("SIGTERM");
  const status = JSON.parse(read(folder, "checkpoints/shard-002-of-002/processing_status.json")) as {
    state: string;
  };
  expect(status.state).toBe("stopped");
  for (const id of [0, 1]) {
    const again = task(folder, id, ["--shell", "echo {x} >> ran; sleep 0.1"]);
    expect(await again.exited).toBe(0);
  }
  const ran = read(folder, "ran").trim().split("\n");
  expect(new Set(ran).size).toBe(40);
  expect((await ckpt(folder, ["merge", "-o", "o.jsonl"])).code).toBe(0);
}, 60_000);

test("submit.sh submits tasks from 0, and a merge that waits for any end", async () => {
  const folder = job(1);
  program(folder, "sbatch", `echo "SHARDS=\${SHARDS:-} $*" >> ${folder}/called\necho 77`);
  const env = { ...ENV, PATH: `${path.join(folder, "bin")}:${ENV["PATH"] ?? ""}` };
  const submit = async (more: Record<string, string>): Promise<string> => {
    fs.rmSync(path.join(folder, "called"), { force: true });
    const words = ["16", "q.jsonl", "--", "cat"];
    const child = Bun.spawn(["bash", path.join(EXAMPLES, "slurm/submit.sh"), ...words], {
      cwd: folder,
      env: { ...env, ...more },
      stdio: ["ignore", "ignore", "inherit"],
    });
    expect(await child.exited).toBe(0);
    return read(folder, "called");
  };
  // The job's shell reads the names of folder and output.
  const merge = '--wrap ckpt merge "${CKPT_DIR:-checkpoints}" -o "${OUT:-results.jsonl}"\n';
  const called = await submit({});
  expect(called).toMatch(/^SHARDS=16 --parsable --array=0-15 .*job\.sh q\.jsonl -- cat\n/);
  expect(called).toContain(`--dependency=afterany:77 ${merge}`);
  expect(await submit({ TASKS: "2,6-8" })).toContain("--array=2,6-8 ");
  // Nothing is missing: the tasks would only read the input.
  expect(await submit({ TASKS: "" })).toBe(`SHARDS= ${merge}`);
});
