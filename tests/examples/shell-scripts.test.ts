// Every script of a shell in examples/, those in the manifests and in .ci among them: its shell takes it, and shellcheck finds no fault.
// Needs shellcheck, bash.
import { describe, expect, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { ENV } from "../helpers/ckpt.ts";

const ROOT = path.resolve(import.meta.dir, "../..");

type Script = { readonly name: string; readonly shell: string; readonly text: string };

/** Files that name a shell in their first line, or in their name. */
function scriptsIn(folder: string): readonly Script[] {
  return fs
    .readdirSync(path.join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .map((name) => path.join(folder, name))
    .filter((name) => fs.statSync(path.join(ROOT, name)).isFile())
    .flatMap((name) => {
      const text = fs.readFileSync(path.join(ROOT, name), "utf8");
      const named = name.endsWith(".sh") ? "sh" : undefined;
      const [, shell = named] = /^#!.*\b(sh|bash)\n/.exec(text) ?? [];
      return shell === undefined ? [] : [{ name, shell, text }];
    });
}

/** What the containers of the manifests run: the text behind `sh -c`. */
function scriptsOfManifests(): readonly Script[] {
  const folder = "examples/kubernetes";
  return fs.readdirSync(path.join(ROOT, folder)).flatMap((name) => {
    const text = fs.readFileSync(path.join(ROOT, folder, name), "utf8");
    const { spec } = Bun.YAML.parse(text) as {
      spec: { template?: { spec: { containers: readonly { command: string[]; args: string[] }[] } } };
    };
    const containers = spec.template?.spec.containers ?? [];
    return containers.map(({ command, args }) => ({
      name: `${folder}/${name}`,
      shell: command[0] ?? "",
      text: args[0] ?? "",
    }));
  });
}

const SCRIPTS = [...scriptsIn("examples"), ...scriptsOfManifests(), ...scriptsIn(".ci")];

function check(argv: readonly string[], text: string): { readonly code: number; readonly said: string } {
  const ran = Bun.spawnSync([...argv], { stdin: Buffer.from(text), env: ENV });
  return { code: ran.exitCode, said: `${String(ran.stdout)}${String(ran.stderr)}` };
}

test("the scripts are found", () => {
  const names = SCRIPTS.map(({ name }) => name);
  for (const name of [
    "worker.sh",
    "slurm/job.sh",
    "slurm/submit.sh",
    "kubernetes/job.yaml",
    "kubernetes/merge.yaml",
  ])
    expect(names).toContain(`examples/${name}`);
});

describe.each(SCRIPTS)("$name", ({ shell, text }) => {
  test("is one that its shell takes", () => {
    expect(check([shell, "-n"], text)).toEqual({ code: 0, said: "" });
  });

  test("has no fault that shellcheck finds", () => {
    expect(check(["shellcheck", `--shell=${shell}`, "-"], text)).toEqual({ code: 0, said: "" });
  });
});

test.each([
  ["a missing fi", "if true; then echo", ["bash", "-n"]],
  ["an unquoted word", "cat $1", ["shellcheck", "--shell=sh", "-"]],
])("%s is found", (_what, text, argv) => {
  expect(check(argv, text).code).not.toBe(0);
});
