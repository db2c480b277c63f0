// The manifests for Kubernetes: their schemas, what a cluster refuses beyond these, that they fit ckpt and each other, and their commands as they stand there.
import { describe, expect, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { EXIT } from "../../lib/core/errors.ts";
import { ckpt, ENV, EXECUTABLE, newFolder, read, writeLines } from "../helpers/ckpt.ts";
import { faultsOf } from "../helpers/kubernetes.ts";

const MANIFESTS = path.join(import.meta.dir, "../../examples/kubernetes");
const textOf = (name: string): string => fs.readFileSync(path.join(MANIFESTS, name), "utf8");

type Container = {
  readonly name: string;
  readonly args: readonly [script: string];
  readonly volumeMounts: readonly { readonly name: string }[];
};
type Rule = {
  readonly action: string;
  readonly onExitCodes?: {
    readonly containerName: string;
    readonly operator: string;
    readonly values: readonly number[];
  };
};
type Job = {
  readonly spec: {
    readonly completionMode?: string;
    readonly completions: number;
    readonly parallelism: number;
    readonly backoffLimitPerIndex?: number;
    readonly maxFailedIndexes: number;
    readonly podFailurePolicy: { readonly rules: readonly Rule[] };
    readonly template: {
      readonly spec: {
        readonly restartPolicy: string;
        readonly containers: readonly [Container];
        readonly volumes: readonly {
          readonly name: string;
          readonly persistentVolumeClaim: { readonly claimName: string };
        }[];
      };
    };
  };
};
const jobOf = (name: string): Job => Bun.YAML.parse(textOf(name)) as Job;

describe.each(fs.readdirSync(MANIFESTS))("%s", (name) => {
  test("is as the schemas say, and has no key that they do not know", () => {
    expect(faultsOf(Bun.YAML.parse(textOf(name)))).toEqual([]);
  });

  test("is refused with any of its keys misspelled", () => {
    const lines = textOf(name).split("\n");
    // Resources may have any name.
    const keyed = lines.flatMap((line, at) => (/^[ -]*(?!storage)\w+:/.test(line) ? [at] : []));
    expect(keyed.length).toBeGreaterThan(7);
    for (const at of keyed) {
      const wrong = lines.with(at, (lines[at] ?? "").replace(":", "s:"));
      const faults = faultsOf(Bun.YAML.parse(wrong.join("\n")));
      expect({ line: wrong[at], refused: faults.length > 0 }).toEqual({ line: wrong[at], refused: true });
    }
  });
});

test.each([
  ["completions: 16", "completions: many", "/spec/completions: type"],
  ["completionMode: Indexed", "completionMode: Index", "/spec/completionMode: enum"],
  ["action: FailIndex", "action: GiveUp", "/spec/podFailurePolicy/rules/1/action: enum"],
  ["mountPath: /data", "mountpath: /data", "/spec/template/spec/containers/0/volumeMounts/0: required"],
])("a manifest with another value or without a key is refused: %s → %s", (right, wrong, fault) => {
  expect(faultsOf(Bun.YAML.parse(textOf("job.yaml").replace(right, wrong)))).toContain(fault);
});

// What the API server demands of a podFailurePolicy and an Indexed Job beyond the schemas.
describe.each(["job.yaml", "merge.yaml"])("%s", (name) => {
  const { spec } = jobOf(name);
  const { restartPolicy, containers, volumes } = spec.template.spec;
  const coded = spec.podFailurePolicy.rules.flatMap(({ action, onExitCodes }) =>
    onExitCodes === undefined ? [] : [{ action, ...onExitCodes }],
  );

  test("has a podFailurePolicy that a cluster takes", () => {
    expect(restartPolicy).toBe("Never");
    expect(coded.length).toBeGreaterThan(0);
    for (const { action, containerName, operator, values } of coded) {
      expect(containers.map((container) => container.name)).toContain(containerName);
      expect(values).toEqual([...new Set(values)].toSorted((a, b) => a - b));
      if (operator === "In") expect(values).not.toContain(0);
      if (action === "FailIndex") expect(spec.backoffLimitPerIndex).toBeNumber();
    }
  });

  test("names only exit codes that ckpt documents, and gives up for none that another start may mend", () => {
    const known: readonly number[] = Object.values(EXIT);
    const given = coded.flatMap(({ values }) => values);
    expect(given.filter((code) => !known.includes(code))).toEqual([]);
    expect(given).not.toContain(EXIT.stopped);
    expect(given).not.toContain(EXIT.locked);
    expect(given).toEqual(expect.arrayContaining([EXIT.fatal, EXIT.usage, EXIT.integrity]));
  });

  test("has the volume of volume.yaml", () => {
    const { metadata } = Bun.YAML.parse(textOf("volume.yaml")) as { metadata: { name: string } };
    expect(volumes.map((volume) => volume.persistentVolumeClaim.claimName)).toEqual([metadata.name]);
    for (const { volumeMounts } of containers)
      expect(volumeMounts.map((mount) => mount.name)).toEqual(volumes.map((volume) => volume.name));
  });
});

test("the Job divides the work as ckpt is told", () => {
  const { completionMode, completions, parallelism, backoffLimitPerIndex, maxFailedIndexes, template } =
    jobOf("job.yaml").spec;
  const [script] = template.spec.containers[0].args;
  expect(completionMode).toBe("Indexed");
  expect(script).toContain(` --shard auto/${completions} `);
  expect(script).toContain(` --parallel-shards ${parallelism} `);
  expect(backoffLimitPerIndex).toBeGreaterThan(0);
  expect(maxFailedIndexes).toBeLessThanOrEqual(completions);
});

/** A folder with `questions.jsonl`, ckpt, and a `python` that fails for the third item. */
function dataVolume(items: number): string {
  const folder = newFolder();
  writeLines(
    folder,
    "questions.jsonl",
    Array.from({ length: items }, (_, at) => `{"id":"q${at + 1}","question":"${at + 1}"}`),
  );
  fs.mkdirSync(path.join(folder, "bin"));
  fs.symlinkSync(EXECUTABLE, path.join(folder, "bin/ckpt"));
  program(folder, "python", 'echo "$2" >> ran; test "$2" != 3 || exit 1; echo "$2"');
  return folder;
}

function program(folder: string, name: string, text: string): void {
  fs.writeFileSync(path.join(folder, "bin", name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
}

/** Runs the command of a manifest. @returns its exit code */
async function pod(folder: string, script: string, env: Record<string, string>): Promise<number> {
  const child = Bun.spawn(["sh", "-c", script], {
    cwd: folder,
    env: { ...ENV, PATH: `${path.join(folder, "bin")}:${ENV["PATH"] ?? ""}`, ...env },
    stdio: ["ignore", "ignore", "ignore"],
  });
  return await child.exited;
}

/** The command of job.yaml, for two shards. */
function shardScript(): string {
  const [script] = jobOf("job.yaml").spec.template.spec.containers[0].args;
  return script.replace("auto/16", "auto/2").replace("--parallel-shards 8", "--parallel-shards 2");
}

test("the command of the Job runs a shard; failed items do not fail the pod", async () => {
  const folder = dataVolume(10);
  for (const index of ["0", "1"])
    expect(await pod(folder, shardScript(), { JOB_COMPLETION_INDEX: index })).toBe(0);
  expect((await ckpt(folder, ["merge", "-o", "o.jsonl"])).code).toBe(3);
});

test("the command of the Job ends with ckpt's exit code, on which the policy decides", async () => {
  const folder = dataVolume(10);
  expect(await pod(folder, shardScript(), { JOB_COMPLETION_INDEX: "2" })).toBe(EXIT.usage);
  fs.rmSync(path.join(folder, "bin/python"));
  // No such command: an outside cause.
  const env = { JOB_COMPLETION_INDEX: "0", PATH: `${path.join(folder, "bin")}:/nowhere` };
  fs.symlinkSync(Bun.which("sh") ?? "/bin/sh", path.join(folder, "bin/sh"));
  expect(await pod(folder, shardScript(), env)).toBe(EXIT.stopped);
});

test("the command of the merge waits for all shards, and merges", async () => {
  const folder = dataVolume(10);
  // Whoever sleeps does the next shard meanwhile: nothing has begun at first, then one is missing, then none.
  fs.writeFileSync(path.join(folder, "shard.sh"), shardScript());
  program(
    folder,
    "sleep",
    "n=$(cat slept 2>/dev/null || echo 0); echo $((n + 1)) > slept; JOB_COMPLETION_INDEX=$n sh shard.sh",
  );
  const [script] = jobOf("merge.yaml").spec.template.spec.containers[0].args;
  expect(await pod(folder, script, {})).toBe(EXIT.someFailed);
  expect(read(folder, "slept")).toBe("2\n");
  expect(read(folder, "results.jsonl").trim().split("\n")).toHaveLength(10);
});
