// The npm packages, from a registry on the loopback: the right one is chosen, signals reach the run, the run ends with the wrapper, faults are told in words.
// Needs node, npm.
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import {
  mainPackage,
  type NpmContents,
  type NpmPackage,
  packageName,
  platformPackage,
} from "../../scripts/release/npm-packages.ts";
import { type Target, TARGETS } from "../../scripts/release/targets.ts";
import { ckpt, ENV, EXECUTABLE, newFolder, read, type Ran, writeLines } from "../helpers/ckpt.ts";
import { NpmRegistry } from "../helpers/npm-registry.ts";
import { killAll, pidsWith } from "../helpers/processes.ts";
import { standIn } from "../helpers/release-server.ts";
import { until } from "../helpers/until.ts";

setDefaultTimeout(120_000);

const isOwn = ({ npm }: Target): boolean =>
  npm.os === process.platform && npm.cpu === process.arch && npm.libc !== "musl";
const OWN = TARGETS.find(isOwn);
const OWN_PACKAGE = OWN === undefined ? "none for this machine" : packageName(OWN);
const VERSION = "0.1.0";
/** In the environment of all that a test starts, so that what is left of it is found. */
const MARK = "CKPT_TEST_WRAPPED";

let registry: NpmRegistry;
let cache: string;
/** ckpt is installed here. */
let project: string;

/** Packages that hold stand-ins. @param own what this machine's holds */
function packagesOf(
  version: string,
  own = Buffer.from(standIn("this machine", version)),
): readonly NpmPackage[] {
  const contents: NpmContents = {
    version,
    epochSeconds: 0,
    licences: [],
    readme: "# ckpt\n",
    compress: (bytes) => Bun.gzipSync(new Uint8Array(bytes), { library: "libdeflate", level: 1 }),
  };
  const platforms = TARGETS.map((target) =>
    platformPackage(contents, target, isOwn(target) ? own : Buffer.from(standIn(target.name, version))),
  );
  return [...platforms, mainPackage(contents, TARGETS)];
}

beforeAll(async () => {
  registry = await NpmRegistry.start();
  registry.publish(packagesOf(VERSION, fs.readFileSync(EXECUTABLE)));
  cache = newFolder();
  project = await newProject();
});
afterAll(async () => registry[Symbol.asyncDispose]());

async function run(
  words: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  const child = Bun.spawn([...words], {
    cwd,
    env: environment(env),
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, err, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  return { code, out, err };
}

function environment(more: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  return {
    ...ENV,
    HOME: cache,
    // bunx keeps what it installs there.
    TMPDIR: cache,
    npm_config_registry: registry.url,
    npm_config_cache: path.join(cache, "npm"),
    npm_config_update_notifier: "false",
    npm_config_audit: "false",
    npm_config_fund: "false",
    BUN_INSTALL_CACHE_DIR: path.join(cache, "bun"),
    BUN_CONFIG_REGISTRY: registry.url,
    ...more,
  };
}

/** A project in which ckpt is installed by npm. */
async function newProject(...options: readonly string[]): Promise<string> {
  const folder = newFolder();
  fs.writeFileSync(path.join(folder, "package.json"), "{}");
  const ran = await run(["npm", "install", "ckpt", ...options], folder);
  expect({ ran, code: ran.code }).toMatchObject({ code: 0 });
  return folder;
}

function platformPackages(folder: string): string[] {
  const scope = path.join(folder, "node_modules/@ckpt");
  return fs.existsSync(scope) ? fs.readdirSync(scope).map((name) => `@ckpt/${name}`) : [];
}

const wrapperIn = (folder: string): string => path.join(folder, "node_modules/.bin/ckpt");

describe("npm install ckpt", () => {
  test("installs the package of this machine and no other, and what runs is the program", async () => {
    expect(platformPackages(project)).toEqual([OWN_PACKAGE]);
    expect(await run([wrapperIn(project), "--version"], project)).toEqual(await ckpt(project, ["--version"]));
  });

  test("asks the registry for nothing once it is installed", async () => {
    const before = registry.asked.length;
    writeLines(project, "one.txt", ["a"]);
    expect(await run([wrapperIn(project), "run", "one.txt", "-q", "--", "cat"], project)).toMatchObject({
      code: 0,
    });
    expect(registry.asked.slice(before)).toEqual([]);
  });
});

/** Node as installed, Bun, and versions of Node that CKPT_TEST_NODES names: those from 22.15 and Bun become the executable, others start it as a child. */
const RUNTIMES = [
  ["node", "node"],
  ["bun", process.execPath],
  ...(process.env["CKPT_TEST_NODES"] ?? "")
    .split(":")
    .filter(Boolean)
    .map((file) => [file, file]),
] as [name: string, file: string][];

describe.each(RUNTIMES)("the wrapper in %s", (_runtime, runtime) => {
  /** A run that waits in its first item. `wrapper` is what npm has linked. */
  async function startRun(): Promise<{
    readonly folder: string;
    readonly mark: string;
    readonly wrapper: Bun.Subprocess<"ignore", "ignore", "pipe">;
    readonly resume: () => Promise<Ran>;
  }> {
    const folder = newFolder();
    writeLines(folder, "items.txt", ["a", "b"]);
    const gate = path.join(folder, "gate");
    const script = `echo > started; until [ -e '${gate}' ]; do sleep 0.05; done; echo {}`;
    const words = ["run", "items.txt", "-j", "1", "-o", "out.jsonl", "--grace", "100ms", "--shell", script];
    const mark = folder;
    const wrapper = Bun.spawn([runtime, wrapperIn(project), ...words], {
      cwd: folder,
      env: environment({ [MARK]: mark }),
      stdin: "ignore",
      stdout: "ignore",
      stderr: "pipe",
    });
    await until(() => fs.existsSync(path.join(folder, "started")));
    const resume = async (): Promise<Ran> => {
      fs.writeFileSync(gate, "");
      return await run([runtime, wrapperIn(project), ...words], folder);
    };
    return { folder, mark, wrapper, resume };
  }

  /** Processes of ckpt itself that a test has started. */
  const programs = (mark: string): readonly number[] => {
    const file = path.join(project, "node_modules", OWN_PACKAGE, "ckpt");
    return pidsWith(MARK, mark).filter((pid) => linkOf(`/proc/${pid}/exe`) === file);
  };

  test.each([["SIGINT"], ["SIGTERM"], ["SIGHUP"]] as const)(
    "passes %s on, ends as the run ends and leaves nothing running",
    async (signal) => {
      const { folder, mark, wrapper, resume } = await startRun();
      wrapper.kill(signal);
      const errors = await wrapper.stderr.text();
      await wrapper.exited;
      // A run that was told to stop dies by the signal, as a shell expects it.
      expect({ errors, by: wrapper.signalCode ?? wrapper.exitCode }).toEqual({ errors, by: signal });
      expect(errors).toContain(signal);
      await nothingIsLeft(mark);
      expect(await resume()).toMatchObject({ code: 0 });
      expect(read(folder, "out.jsonl").trim().split("\n")).toHaveLength(2);
    },
  );

  test("the run ends with a wrapper that is killed by -9", async () => {
    const { mark, wrapper, resume } = await startRun();
    expect(programs(mark)).toHaveLength(1);
    wrapper.kill("SIGKILL");
    await wrapper.exited;
    await until(() => programs(mark).length === 0);
    expect(await resume()).toMatchObject({ code: 0 });
    // Where the wrapper has become the program, what the program had started is ended when it resumes.
    await nothingIsLeft(mark);
  });

  test("ends by the signal that ended the program", async () => {
    const { mark, wrapper } = await startRun();
    killAll(programs(mark));
    await wrapper.exited;
    expect(wrapper.signalCode).toBe("SIGKILL");
    killAll(pidsWith(MARK, mark));
  });

  test.each([
    [["run", "items.txt", "-q", "--", "cat"], 0],
    [["run", "items.txt", "--limit", "1", "-q", "--", "cat"], 4],
    [["run", "none.txt", "--", "cat"], 2],
    [["info"], 10],
  ])("passes the exit code of %j on", async (words, code) => {
    const folder = newFolder();
    writeLines(folder, "items.txt", ["a", "b"]);
    const direct = await ckpt(newCopy(folder), words);
    const wrapped = await run([runtime, wrapperIn(project), ...words], folder);
    expect({ direct: direct.code, wrapped: wrapped.code }).toEqual({ direct: code, wrapped: code });
  });

  test("passes input, output and arguments through as they are", async () => {
    const folder = newFolder();
    const child = Bun.spawn(
      [
        runtime,
        wrapperIn(project),
        "run",
        "-",
        "--format",
        "txt",
        "-o",
        "-",
        "--",
        "printf",
        "%s|",
        "a b",
        "",
        "*",
        "{}",
      ],
      {
        cwd: folder,
        env: environment(),
        stdin: Buffer.from("x y\n"),
        stdout: "pipe",
        stderr: "pipe",
      },
    );
    const [out, err, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
    expect({ out, err, code }).toMatchObject({
      out: '{"index":0,"status":"ok","output":"a b||*|x y|"}\n',
      code: 0,
    });
  });

  /** A copy of the project without the executable, to be spoilt. */
  function spoilt(change: (modules: string) => void): string {
    const copy = newFolder();
    const modules = path.join(copy, "node_modules");
    fs.cpSync(path.join(project, "node_modules/ckpt"), path.join(modules, "ckpt"), { recursive: true });
    change(modules);
    return path.join(modules, "ckpt/ckpt.js");
  }
  const putExecutable = (
    modules: string,
    name: string,
    mode: number,
    content = "#!/bin/sh\necho it runs\n",
  ): void => {
    fs.mkdirSync(path.join(modules, name), { recursive: true });
    fs.writeFileSync(path.join(modules, name, "ckpt"), content, { mode });
  };
  const [another = ""] = TARGETS.filter(({ npm }) => npm.os === "darwin").map(packageName);

  test.each<[string, (modules: string) => void, RegExp, RegExp]>([
    [
      "nothing",
      () => {},
      /^ckpt: \S+ is not installed\. .*--omit=optional.*npm install --include=optional ckpt@0\.1\.0\n$/,
      /^ckpt：未安装 .*--omit=optional/,
    ],
    [
      "another platform's",
      (modules) => putExecutable(modules, another, 0o755),
      /is not installed, but @ckpt\/darwin-\w+ is: node_modules was made on another platform/,
      /node_modules 是在其他平台上生成的/,
    ],
    [
      "one that may not be run",
      (modules) => putExecutable(modules, OWN_PACKAGE, 0o644),
      /cannot run \/.*\/ckpt: permission denied\. .*chmod \+x.*noexec/,
      /权限不足.*chmod \+x/,
    ],
  ])("says in words what is wrong where there is %s", async (_what, change, english, chinese) => {
    const wrapper = spoilt(change);
    const said = await run([runtime, wrapper, "--version"], project);
    expect({ code: said.code, out: said.out }).toEqual({ code: 1, out: "" });
    expect(said.err).toMatch(english);
    expect((await run([runtime, wrapper, "--version"], project, { LANG: "zh_CN.UTF-8" })).err).toMatch(
      chinese,
    );
  });

  test("says which builds there are, on a platform without one", async () => {
    const preload = path.join(newFolder(), "other.cjs");
    fs.writeFileSync(preload, 'Object.defineProperty(process, "platform", { value: "freebsd" });');
    const said = await run([runtime, "--require", preload, wrapperIn(project), "--version"], project);
    expect(said.code).toBe(1);
    expect(said.err).toMatch(
      /^ckpt: there is no build for freebsd on \w+\. There are: linux-x64, .*windows-x64\. /,
    );
  });

  test("of two packages for one processor, the one whose C library is here is taken", async () => {
    const wrapper = spoilt((modules) => {
      putExecutable(modules, `${OWN_PACKAGE}-musl`, 0o755, "#!/bin/sh\necho musl\n");
      putExecutable(modules, OWN_PACKAGE, 0o755);
    });
    expect(await run([runtime, wrapper], project)).toMatchObject({ code: 0, out: "it runs\n" });
  });
});

function nothingIsLeft(mark: string): Promise<void> {
  return until(
    () => pidsWith(MARK, mark).length === 0,
    () => `the end of ${pidsWith(MARK, mark).join(", ")}`,
  );
}

function linkOf(file: string): string | null {
  try {
    return fs.readlinkSync(file);
  } catch {
    return null; // the process has ended
  }
}

function newCopy(folder: string): string {
  const copy = newFolder();
  fs.cpSync(folder, copy, { recursive: true });
  return copy;
}

describe("other ways", () => {
  test("--omit=optional is explained by the first command", async () => {
    const folder = await newProject("--omit=optional");
    expect(platformPackages(folder)).toEqual([]);
    const said = await run([wrapperIn(folder), "--version"], folder);
    expect(said.code).toBe(1);
    expect(said.err).toContain("--omit=optional");
    // The line that is printed mends it.
    const line = /npm install \S+ \S+$/m.exec(said.err)?.[0] ?? "";
    expect((await run(line.split(" "), folder)).code).toBe(0);
    expect(await run([wrapperIn(folder), "--version"], folder)).toMatchObject({ code: 0 });
  });

  test("npx runs it without an installation, and commands to be copied begin with npx", async () => {
    const folder = newFolder();
    writeLines(folder, "items.txt", ["a", "b"]);
    const ran = await run(["npx", "--yes", "ckpt", "run", "items.txt", "--limit", "1", "--", "cat"], folder);
    expect(ran.code).toBe(4);
    expect(ran.err).toContain("npx ckpt run ");
  });

  test.each([
    ["npx", ["npx", "--yes", "ckpt"]],
    ["npm exec", ["npm", "exec", "--yes", "--", "ckpt"]],
    ["bunx", [process.execPath, "x", "ckpt"]],
    ["npm run", ["npm", "run", "job", "--"]],
  ])("SIGTERM to %s leaves nothing running", async (_name, words) => {
    const folder = withScript("ckpt");
    writeLines(folder, "items.txt", ["a"]);
    const child = Bun.spawn(
      [...words, "run", "items.txt", "--grace", "100ms", "--shell", "echo > started; sleep 1000"],
      {
        cwd: folder,
        env: environment({ [MARK]: folder }),
        stdio: ["ignore", "ignore", "ignore"],
      },
    );
    await until(() => fs.existsSync(path.join(folder, "started")));
    child.kill("SIGTERM");
    await child.exited;
    await nothingIsLeft(folder);
  });

  test("what a script of package.json puts into the background continues when the script ends", async () => {
    // The script ends while the first of many items is in flight.
    const job = "ckpt run items.txt -q -j 1 -o out.jsonl --shell 'echo > started; sleep 0.05; echo {}'";
    const folder = withScript(`${job} & until [ -e started ]; do sleep 0.01; done`);
    writeLines(
      folder,
      "items.txt",
      Array.from({ length: 30 }, (_, index) => String(index)),
    );
    const child = Bun.spawn(["npm", "run", "job"], {
      cwd: folder,
      env: environment({ [MARK]: folder }),
      stdio: ["ignore", "ignore", "ignore"],
    });
    await child.exited;
    await nothingIsLeft(folder);
    expect(read(folder, "out.jsonl").trim().split("\n")).toHaveLength(30);
  });

  /** A project with ckpt installed, and a script called `job`. */
  function withScript(job: string): string {
    const folder = newFolder();
    fs.writeFileSync(path.join(folder, "package.json"), JSON.stringify({ scripts: { job } }));
    fs.symlinkSync(path.join(project, "node_modules"), path.join(folder, "node_modules"));
    return folder;
  }

  test("a global installation has it in PATH; it is updated and uninstalled by one line each", async () => {
    const prefix = newFolder();
    const folder = newFolder();
    const npm = (...words: string[]): Promise<Ran> =>
      run(["npm", ...words, "--prefix", prefix, "-g"], folder);
    expect((await npm("install", `ckpt@${VERSION}`)).code).toBe(0);
    const program = path.join(prefix, "bin/ckpt");
    expect(await run([program, "--version"], folder)).toMatchObject({ code: 0 });
    registry.publish(packagesOf("0.1.1"));
    expect((await npm("install", "ckpt@latest")).code).toBe(0);
    const [installed] = [...new Bun.Glob("lib/node_modules/ckpt/package.json").scanSync(prefix)];
    expect(JSON.parse(read(prefix, installed ?? ""))).toMatchObject({ version: "0.1.1" });
    expect((await npm("uninstall", "ckpt")).code).toBe(0);
    expect(fs.existsSync(program)).toBe(false);
  });

  test("bun add chooses the same package", async () => {
    const folder = newFolder();
    fs.writeFileSync(path.join(folder, "package.json"), "{}");
    expect(await run([process.execPath, "add", `ckpt@${VERSION}`], folder)).toMatchObject({ code: 0 });
    expect(platformPackages(folder)).toContain(OWN_PACKAGE);
    expect(await run([process.execPath, "x", "ckpt", "--version"], folder)).toMatchObject({
      code: 0,
      out: "ckpt 0.1.0\n",
    });
  });
});

test("the same contents give the same bytes", () => {
  const [a, b] = [packagesOf("0.1.2"), packagesOf("0.1.2")];
  expect(a.map(({ fileName }) => fileName)).toEqual(b.map(({ fileName }) => fileName));
  expect(a.every(({ bytes }, index) => Buffer.compare(bytes, b[index]?.bytes ?? Buffer.of()) === 0)).toBe(
    true,
  );
});
