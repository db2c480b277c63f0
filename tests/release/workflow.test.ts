// The workflow that makes releases: nothing in it can change behind our back, and no secret can come into a log.
import { describe, expect, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import manifest from "../../package.json" with { type: "json" };
import { ENV, newFolder } from "../helpers/ckpt.ts";

const FILE = path.resolve(import.meta.dir, "../../.github/workflows/release.yml");
const TEXT = fs.readFileSync(FILE, "utf8");

type Step = {
  readonly uses?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly with?: Readonly<Record<string, unknown>>;
};
type Job = {
  readonly needs?: readonly string[];
  readonly permissions?: Readonly<Record<string, string>>;
  readonly "timeout-minutes"?: number;
  readonly steps: readonly Step[];
};
type Workflow = {
  readonly on: unknown;
  readonly permissions: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
};

const workflow = Bun.YAML.parse(TEXT) as Workflow;
const jobs = Object.values(workflow.jobs);
const steps = jobs.flatMap((job) => job.steps);
const commands = (job: string): string =>
  (workflow.jobs[job]?.steps ?? []).map(({ run = "" }) => run).join("\n");

describe(".github/workflows/release.yml", () => {
  test("runs for tags of versions, tests and builds before it makes a draft", () => {
    expect(workflow.on).toEqual({ push: { tags: ["v[0-9]*"] } });
    expect(workflow.jobs["draft"]?.needs).toEqual(["test", "build"]);
    expect(commands("test")).toContain(".ci/run");
    expect(commands("build")).toContain("run release");
    expect(commands("draft")).toMatch(
      /diff --recursive .*sha256sum --check --strict SHA256SUMS.*--sign.*gh release create .*--draft/s,
    );
    for (const job of jobs) expect(job["timeout-minutes"]).toBeGreaterThan(0);
  });

  test.each([
    ["v1.2.3", false],
    ["v1.2.3-rc.1", true],
  ])("%s is a prerelease: %p", (tag, isPrerelease) => {
    const folder = newFolder();
    fs.writeFileSync(path.join(folder, "gh"), '#!/bin/sh\nprintf "%s\\n" "$@"\n', { mode: 0o755 });
    const command = workflow.jobs["draft"]?.steps.at(-1)?.run ?? "";
    const env = { ...ENV, PATH: `${folder}:${ENV["PATH"]}`, GITHUB_REF_NAME: tag };
    const words = Bun.spawnSync(["bash", "-e", "-c", command], { env })
      .stdout.toString()
      .trimEnd()
      .split("\n");
    expect(words.slice(0, 4)).toEqual(["release", "create", tag, "--draft"]);
    expect(words.includes("--prerelease")).toBe(isPrerelease);
    expect(words).not.toContain("");
  });

  test("each action is pinned by the hash of a commit, with its version next to it", () => {
    const used = TEXT.split("\n").filter((line) => line.includes("uses:"));
    expect(used.length).toBe(steps.filter(({ uses }) => uses !== undefined).length);
    expect(used.length).toBeGreaterThan(5);
    for (const line of used) expect(line).toMatch(/uses: actions\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  test("it may read only, but for the job that makes the draft; no checkout keeps a token", () => {
    expect(workflow.permissions).toEqual({ contents: "read" });
    const writing = Object.entries(workflow.jobs).filter(([, { permissions }]) => permissions !== undefined);
    expect(writing.map(([name]) => name)).toEqual(["draft"]);
    for (const { uses = "", with: options } of steps)
      if (uses.startsWith("actions/checkout@"))
        expect(options).toMatchObject({ "persist-credentials": false });
  });

  test("secrets reach a step by its environment only, and no command prints its environment", () => {
    for (const { run = "", env = {} } of steps) {
      expect(run).not.toContain("${{");
      expect(run).not.toMatch(/\b(?:env|printenv|set -x|echo)\b(?! "PATH=)/);
      const secrets = Object.values(env).filter((value) => value.includes("secrets."));
      if (secrets.length > 0) expect(run).toContain("--sign");
    }
    expect(TEXT.match(/secrets\./g)?.length).toBe(2);
  });

  test("its Bun is the one that package.json pins", () => {
    const versions = [...TEXT.matchAll(/\bbun@([\d.]+)/g)].map(([, version]) => version);
    expect(versions.length).toBe(2);
    for (const version of versions) expect(version).toBe(manifest.engines.bun);
  });
});
