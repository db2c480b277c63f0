// submit.sh on a real Slurm: an array, and a merge that runs after any end of its tasks, which says what is missing until nothing is.
import { expect } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { SlurmCluster, slurmMissing } from "../crash/slurm-cluster.ts";
import { ckpt, EXECUTABLE, newFolder, read, writeLines } from "../helpers/ckpt.ts";
import { testUnless } from "../helpers/test-unless.ts";

const SUBMIT = path.join(import.meta.dir, "../../examples/slurm/submit.sh");
// Names as a shell would take apart.
const SHARDS = "my shards; it's $HOME";
const OUT = 'all "results".jsonl';
const COMMAND = ["--shell", "echo {x} >> ran; test {x} -ne 3 && echo a{x}"];

testUnless(
  slurmMissing(),
  "submit.sh: the merge runs though a shard has failed items, names what is missing, and merges when that was submitted",
  async () => {
    await using cluster = await SlurmCluster.start({ nodes: 2, cpus: 2 });
    const folder = newFolder();
    const lines = Array.from({ length: 40 }, (_, at) => `{"id":"q${at + 1}","x":${at + 1}}`);
    writeLines(folder, "q.jsonl", lines);
    fs.mkdirSync(path.join(folder, "bin"));
    fs.symlinkSync(EXECUTABLE, path.join(folder, "bin/ckpt"));
    await ckpt(folder, ["run", "q.jsonl", "--id", "id", "--dir", "w", "-o", "whole.jsonl", "-q", ...COMMAND]);
    fs.rmSync(path.join(folder, "ran"));

    const submit = async (tasks: string): Promise<void> => {
      const child = Bun.spawn([SUBMIT, "4", "q.jsonl", "--id", "id", ...COMMAND], {
        cwd: folder,
        env: {
          ...cluster.env,
          PATH: `${path.join(folder, "bin")}:${process.env["PATH"] ?? ""}`,
          TASKS: tasks,
          CKPT_DIR: SHARDS,
          OUT,
        },
        stdio: ["ignore", "ignore", "inherit"],
      });
      expect(await child.exited).toBe(0);
      await cluster.idle();
    };
    /** What the merge has said: of the jobs it alone has no task. */
    const said = (): string =>
      fs
        .readdirSync(folder)
        .filter((name) => /^slurm-\d+\.out$/.test(name))
        .map((name) => read(folder, name))
        .join("");

    await submit("0,2,3");
    expect(said()).toContain("--array=1");
    expect(fs.existsSync(path.join(folder, OUT))).toBe(false);

    const { out: missing } = await ckpt(folder, ["info", "--missing", "--dir", SHARDS]);
    await submit(missing.trim());
    expect(said()).toContain("4 of 4 done");
    expect(read(folder, OUT)).toBe(read(folder, "whole.jsonl"));
    expect(read(folder, "ran").trim().split("\n")).toHaveLength(40);
  },
);
