// install.sh against releases on the loopback, in dash, bash and busybox: installed, refused with words, cut off, tampered with, replaced during a run.
// Needs dash, bash, busybox, curl, wget, openssl, shasum, minisign, shellcheck, setpriv, zsh, fish.
import { afterAll, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { RELEASES_URL } from "../../scripts/release/repository.ts";
import { ENV, EXECUTABLE, newFolder, read, writeLines } from "../helpers/ckpt.ts";
import { type Answer, ReleaseServer, standIn, standInArchives, sumsOf } from "../helpers/release-server.ts";
import { until } from "../helpers/until.ts";

setDefaultTimeout(120_000);

const SCRIPT_FILE = path.resolve(import.meta.dir, "../../scripts/release/install.sh");
const SCRIPT = fs.readFileSync(SCRIPT_FILE);
/** In full, the script is cut off behind every byte; otherwise at some places, and everywhere near its end. */
const IS_FULL = process.env["CKPT_TEST_RELEASE"] === "full";

const SHELLS = [["dash"], ["bash"], ["busybox", "sh"]] as const;

/** What install.sh may use, but for what downloads and what hashes. */
const TOOLS =
  "uname mktemp tar gzip grep sed find cp mv chmod mkdir rm id ls cat sh sleep env ldd getconf".split(" ");

const OLD = standInArchives("0.1.0");
const NEW = standInArchives("0.2.0");
let server: ReleaseServer;
let home: string;
let dir: string;

beforeAll(async () => {
  server = await ReleaseServer.start();
  server.publish("0.1.0", OLD, false);
  server.publish("0.2.0", NEW);
});
afterAll(async () => server[Symbol.asyncDispose]());
beforeEach(() => {
  server.asked.length = 0;
  home = newFolder();
  // A space, as people have it in names.
  dir = path.join(home, "my tools");
});

type Options = {
  readonly shell?: readonly string[];
  readonly args?: readonly string[];
  /** On top of a fixed environment, in which CKPT_INSTALL and CKPT_BASE_URL are set. */
  readonly env?: Readonly<Record<string, string>>;
  /** Words in front of the shell, as `setpriv`. */
  readonly through?: readonly string[];
  readonly script?: Uint8Array;
};

function startInstall({ shell = ["dash"], args = [], env = {}, through = [], script = SCRIPT }: Options) {
  const [program = "", ...words] = shell;
  return Bun.spawn([...through, Bun.which(program) ?? program, ...words, "-s", "--", ...args], {
    cwd: home,
    env: {
      PATH: ENV["PATH"] ?? "",
      LANG: "C.UTF-8",
      HOME: home,
      SHELL: "/bin/bash",
      CKPT_INSTALL: dir,
      CKPT_BASE_URL: server.url,
      // Stand-ins are not signed by the key of releases.
      CKPT_PUBLIC_KEY: "",
      ...env,
    },
    // As in `curl … | sh`.
    stdin: script,
    stdout: "pipe",
    stderr: "pipe",
    detached: true,
  });
}

async function install(options: Options = {}): Promise<{ code: number; out: string; err: string }> {
  const child = startInstall(options);
  const [out, err, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  return { code, out, err };
}

/** A folder for PATH with the usual tools, those named, and programs made of shell lines; without those that are null. */
function toolsWith(named: readonly string[], made: Readonly<Record<string, string | null>> = {}): string {
  const folder = newFolder();
  for (const tool of [...TOOLS, ...named]) {
    const found = Bun.which(tool, { PATH: ENV["PATH"] ?? "" });
    if (found === null) throw new Error(`${tool} is not installed`);
    fs.symlinkSync(found, path.join(folder, tool));
  }
  for (const [name, lines] of Object.entries(made)) {
    fs.rmSync(path.join(folder, name), { force: true });
    if (lines === null) continue;
    fs.writeFileSync(path.join(folder, name), `#!/bin/sh\n${lines}\n`, { mode: 0o755 });
  }
  return folder;
}

/** Names in the folder that was installed into; none where there is no such folder. */
function installed(): string[] {
  return fs.existsSync(dir) ? fs.readdirSync(dir).toSorted() : [];
}

function expectRefused(ran: { readonly code: number; readonly err: string }, words: string | RegExp): void {
  expect({ code: ran.code, err: ran.err }).toEqual({ code: 1, err: expect.stringMatching(words) });
  expect(installed()).toEqual([]);
}

describe.each(SHELLS.map((shell) => [shell.join(" "), shell] as const))(
  "install.sh in %s",
  (_shell, shell) => {
    test("installs the newest release; asks for two files and writes one", async () => {
      const ran = await install({ shell });
      expect(ran).toMatchObject({ code: 0, out: "" });
      expect(ran.err).toContain(`installed ckpt 0.2.0: ${dir}/ckpt\n`);
      expect(installed()).toEqual(["ckpt"]);
      expect(fs.statSync(path.join(dir, "ckpt")).mode & 0o7777).toBe(0o755);
      expect(fs.readdirSync(home)).toEqual(["my tools"]);
      expect(server.asked).toEqual([
        "latest/download/SHA256SUMS",
        expect.stringMatching(/^latest\/download\/ckpt-[\w-]+\.tar\.gz$/),
      ]);
    });

    test.each([
      ["an option", { args: ["--version", "0.1.0"] }],
      ["an option with =, a v in front", { args: ["--version=v0.1.0"] }],
      ["a variable", { env: { CKPT_VERSION: "0.1.0" } }],
    ])("installs a version named by %s", async (_by, options) => {
      expect(await install({ shell, ...options })).toMatchObject({
        code: 0,
        err: expect.stringContaining("installed ckpt 0.1.0: "),
      });
    });

    test("updates by the same line", async () => {
      await install({ shell, args: ["--version", "0.1.0"] });
      const ran = await install({ shell });
      expect(ran.err).toContain(`installed ckpt 0.2.0 in place of ckpt 0.1.0: ${dir}/ckpt\n`);
      expect(installed()).toEqual(["ckpt"]);
    });

    test("puts manual and completion below share/ beside bin/, and --uninstall removes what was installed and nothing else", async () => {
      dir = path.join(home, "opt/bin");
      fs.mkdirSync(path.join(home, "opt/share"), { recursive: true });
      expect(await install({ shell })).toMatchObject({ code: 0 });
      const files = (): string[] =>
        fs
          .readdirSync(home, { recursive: true, encoding: "utf8" })
          .filter((name) => fs.statSync(path.join(home, name)).isFile())
          .toSorted();
      expect(files()).toEqual([
        "opt/bin/ckpt",
        "opt/share/bash-completion/completions/ckpt",
        "opt/share/fish/vendor_completions.d/ckpt.fish",
        "opt/share/man/man1/ckpt.1",
        "opt/share/man/zh_CN/man1/ckpt.1",
        "opt/share/zsh/site-functions/_ckpt",
      ]);
      fs.writeFileSync(path.join(home, "opt/share/man/man1/other.1"), "");
      const removed = await install({ shell, args: ["--uninstall"] });
      expect(removed).toMatchObject({ code: 0, err: expect.stringContaining(`removed ${dir}/ckpt`) });
      expect(files()).toEqual(["opt/share/man/man1/other.1"]);
    });

    test("a script that was cut off does nothing", async () => {
      const every = IS_FULL ? 1 : 211;
      const offsets = Array.from({ length: SCRIPT.length }, (_, offset) => offset).filter(
        (offset) => offset % every === 0 || SCRIPT.length - offset < 40,
      );
      // Without the closing brace; the line's end behind it may be missing.
      const cuts = offsets.filter((offset) => offset < SCRIPT.length - 1);
      expect(cuts.length).toBeGreaterThan(60);
      const [program = "", ...words] = shell;
      for (const cut of cuts) {
        const ran = Bun.spawnSync([program, ...words, "-s", "--", "--uninstall"], {
          env: { PATH: ENV["PATH"] ?? "", HOME: home, CKPT_INSTALL: dir, CKPT_BASE_URL: server.url },
          stdin: SCRIPT.subarray(0, cut),
        });
        // In the first line there is nothing yet that could be wrong.
        const isWrong = cut > SCRIPT.indexOf("{");
        expect({ cut, failed: ran.exitCode !== 0, err: ran.stderr.toString() }).toEqual({
          cut,
          failed: isWrong,
          err: isWrong ? expect.not.stringContaining("install.sh:") : "",
        });
      }
      expect(fs.readdirSync(home)).toEqual([]);
      expect(server.asked).toEqual([]);
    });

    test.each([
      ["wget alone", ["wget", "sha256sum"]],
      ["shasum alone", ["curl", "shasum", "perl"]],
      ["openssl alone", ["curl", "openssl"]],
    ])("makes do with %s", async (_name, tools) => {
      const ran = await install({ shell, env: { PATH: toolsWith(tools) } });
      expect(ran).toMatchObject({ code: 0, err: expect.stringContaining("installed ckpt 0.2.0") });
    });

    test("makes do with a system that is busybox alone", async () => {
      const folder = newFolder();
      for (const tool of [...TOOLS, "wget", "sha256sum"])
        fs.symlinkSync(Bun.which("busybox") ?? "", path.join(folder, tool));
      const ran = await install({ shell, env: { PATH: folder } });
      expect({ ...ran }).toMatchObject({ code: 0, err: expect.stringContaining("installed ckpt 0.2.0") });
    });

    test.each([
      ["no tool that downloads", ["sha256sum"], "neither curl nor wget is installed"],
      ["no tool that hashes", ["curl"], "none of sha256sum, shasum and openssl is installed"],
    ])("refuses before it downloads anything: %s", async (_name, tools, words) => {
      expectRefused(await install({ shell, env: { PATH: toolsWith(tools) } }), words);
      expect(server.asked).toEqual([]);
    });

    test("a run continues when its program is replaced", async () => {
      fs.mkdirSync(dir);
      const program = path.join(dir, "ckpt");
      fs.copyFileSync(EXECUTABLE, program);
      const folder = newFolder();
      writeLines(folder, "items.txt", ["a", "b", "c"]);
      const gate = path.join(folder, "gate");
      const child = Bun.spawn(
        [
          program,
          "run",
          "items.txt",
          "-o",
          "out.jsonl",
          "--shell",
          `echo > '${gate}.{}'; until [ -e '${gate}' ]; do sleep 0.05; done`,
        ],
        { cwd: folder, env: ENV, stdin: "ignore", stdout: "ignore", stderr: "pipe" },
      );
      await until(() => fs.existsSync(`${gate}.a`));
      expect(await install({ shell })).toMatchObject({ code: 0 });
      expect(read(dir, "ckpt")).toStartWith("#!/bin/sh");
      fs.writeFileSync(gate, "");
      const [err, code] = await Promise.all([child.stderr.text(), child.exited]);
      expect({ err, code }).toMatchObject({ code: 0 });
      expect(read(folder, "out.jsonl").trim().split("\n")).toHaveLength(3);
    });
  },
);

/** Fake `uname`. @param more its `-o` */
const uname = (system: string, machine: string, more = "GNU/Linux"): string =>
  `case $1 in -s) echo ${system} ;; -m) echo ${machine} ;; *) echo ${more} ;; esac`;
const GLIBC = "echo 'ldd (GNU libc) 2.36'";
const MUSL = "echo 'musl libc (x86_64)' >&2; exit 1";
const LONG = "echo 64";

describe("the build for this machine", () => {
  test.each([
    ["linux-x64", { uname: uname("Linux", "x86_64"), ldd: GLIBC, getconf: LONG }],
    ["linux-x64", { uname: uname("Linux", "amd64"), ldd: GLIBC, getconf: LONG }],
    ["linux-arm64", { uname: uname("Linux", "aarch64"), ldd: GLIBC, getconf: LONG }],
    ["linux-x64-musl", { uname: uname("Linux", "x86_64"), ldd: MUSL, getconf: LONG }],
    ["linux-arm64-musl", { uname: uname("Linux", "aarch64"), ldd: MUSL, getconf: LONG }],
    // A small system without ldd: by the loader of musl.
    ["linux-x64-musl", { uname: uname("Linux", "x86_64"), ldd: null, ls: "exit 0", getconf: LONG }],
    ["linux-x64", { uname: uname("Linux", "x86_64"), ldd: null, ls: "exit 2", getconf: LONG }],
    ["darwin-x64", { uname: uname("Darwin", "x86_64"), sysctl: "exit 1" }],
    ["darwin-x64", { uname: uname("Darwin", "x86_64"), sysctl: "echo 0" }],
    ["darwin-arm64", { uname: uname("Darwin", "arm64"), sysctl: "echo 0" }],
    // Rosetta
    ["darwin-arm64", { uname: uname("Darwin", "x86_64"), sysctl: "echo 1" }],
  ])("is %s by %o", async (target, made) => {
    const ran = await install({ env: { PATH: toolsWith(["curl", "sha256sum"], made) } });
    expect(ran).toMatchObject({ code: 0 });
    expect(read(dir, "ckpt")).toBe(standIn(target, "0.2.0"));
    expect(server.asked.at(-1)).toBe(`latest/download/ckpt-${target}.tar.gz`);
  });

  test.each([
    [
      "another processor",
      { uname: uname("Linux", "riscv64"), ldd: GLIBC },
      "no build for Linux on riscv64 with glibc. There are: linux-x64,",
    ],
    ["another system", { uname: uname("Haiku", "x86_64") }, "no build for Haiku on x86_64"],
    ["Android", { uname: uname("Linux", "aarch64", "Android") }, "no build for Linux on aarch64 with bionic"],
    [
      "a 32-bit system on a 64-bit kernel",
      { uname: uname("Linux", "aarch64"), ldd: GLIBC, getconf: "echo 32" },
      /no build for Linux on aarch64 \(32-bit\)/,
    ],
    [
      "a shell on Windows",
      { uname: uname("MINGW64_NT-10.0", "x86_64") },
      /on Windows use PowerShell: irm .*install\.ps1 \| iex/,
    ],
  ])("%s is refused", async (_name, made, words) => {
    expectRefused(await install({ env: { PATH: toolsWith(["curl", "sha256sum"], made) } }), words);
    expect(server.asked).toEqual([]);
  });

  test.each([
    ["musl", { ldd: MUSL }, /libstdc\+\+: apk add libstdc\+\+/],
    ["glibc", { ldd: GLIBC }, /glibc 2\.17 or newer/],
    ["macOS", { uname: uname("Darwin", "arm64"), sysctl: "echo 0" }, /macOS 13 or newer/],
  ])(
    "a program that does not run here is not installed; the message says what it may need: %s",
    async (_name, made, words) => {
      const archives = standInArchives("0.3.0", () => "#!/bin/sh\necho 'no such library' >&2\nexit 127\n");
      await using other = await ReleaseServer.start();
      other.publish("0.3.0", archives);
      const env = { PATH: toolsWith(["curl", "sha256sum"], made), CKPT_BASE_URL: other.url };
      const ran = await install({ env });
      expectRefused(ran, /does not run here: no such library/);
      expect(ran.err).toMatch(words);
    },
  );
});

describe("a download that is not what it should be", () => {
  /** A release on a server of its own, changed before it is asked for. */
  async function installChanged(
    change: (files: Map<string, Answer>) => void,
    env: Record<string, string> = {},
  ) {
    await using changed = await ReleaseServer.start();
    changed.publish("0.2.0", NEW);
    change(changed.files);
    return await install({ env: { CKPT_BASE_URL: changed.url, ...env } });
  }
  const ARCHIVES = [...NEW.keys()].map((name) => `latest/download/${name}`);
  const SUMS = "latest/download/SHA256SUMS";

  test.each<[string, (content: Uint8Array) => Uint8Array]>([
    ["with one other bit", (content) => content.with(100, (content[100] ?? 0) ^ 1)],
    ["too short", (content) => content.subarray(0, content.length - 1)],
    ["too long", (content) => Buffer.concat([content, Buffer.of(0)])],
    ["empty", () => new Uint8Array()],
  ])("an archive %s", async (_name, change) => {
    const ran = await installChanged((files) => {
      for (const name of ARCHIVES) files.set(name, change(files.get(name) as Uint8Array));
    });
    expectRefused(
      ran,
      /not what SHA256SUMS names. Nothing was installed\n {2}wanted [0-9a-f]{64}\n {2}found {2}[0-9a-f]{64}\n/,
    );
  });

  test.each<[string, (sums: string) => string, RegExp]>([
    ["another hash", (sums) => sums.replaceAll(/^[0-9a-f]{8}/gm, "00000000"), /not what SHA256SUMS names/],
    ["no line for this machine", () => "", /does not name ckpt-/],
    ["a line that was cut off", (sums) => sums.replaceAll(/^[0-9a-f]/gm, ""), /does not name ckpt-/],
    ["a page of something else", () => "<html>Please log in</html>", /something on the way answered/],
  ])("SHA256SUMS with %s", async (_name, change, words) => {
    expectRefused(await installChanged((files) => void files.set(SUMS, change(sumsOf(NEW)))), words);
  });

  test("an archive whose transfer breaks off", async () => {
    const broken: Answer = (response) => {
      response.writeHead(200, { "Content-Length": 1000 });
      response.write("x", () => response.destroy());
    };
    const ran = await installChanged((files) => {
      for (const name of ARCHIVES) files.set(name, broken);
    });
    expectRefused(ran, /cannot download .*\.tar\.gz/);
  });

  test("an archive that holds another version than the one that was asked for", async () => {
    await using other = await ReleaseServer.start();
    other.publish("0.3.0", NEW);
    expectRefused(
      await install({
        args: ["--version", "0.3.0", "--base-url", `${other.url}/`],
        env: { CKPT_BASE_URL: "" },
      }),
      "the archive of version 0.3.0 holds ckpt 0.2.0",
    );
  });

  test("a version that there is not", async () => {
    expectRefused(
      await install({ args: ["--version", "9.9.9"] }),
      /cannot download .*v9\.9\.9\/SHA256SUMS. Is there a version 9\.9\.9\?/,
    );
  });

  test("no server", async () => {
    expectRefused(
      await install({ env: { CKPT_BASE_URL: "http://127.0.0.1:1" } }),
      "cannot download http://127.0.0.1:1/latest/download/SHA256SUMS",
    );
  });

  describe("signatures", () => {
    let key: string;
    const signed = newFolder();
    const sign = (text: string): Uint8Array => {
      fs.writeFileSync(path.join(signed, "SHA256SUMS"), text);
      minisign("-S", "-s", "key", "-m", "SHA256SUMS");
      return fs.readFileSync(path.join(signed, "SHA256SUMS.minisig"));
    };
    const minisign = (...args: string[]): void => {
      const ran = Bun.spawnSync(["minisign", ...args], { cwd: signed, env: ENV });
      if (!ran.success) throw new Error(`minisign: ${ran.stderr.toString()}${ran.stdout.toString()}`);
    };
    beforeAll(() => {
      minisign("-G", "-W", "-p", "key.pub", "-s", "key");
      key = read(signed, "key.pub").split("\n")[1] ?? "";
    });

    test("a good one is said to be good", async () => {
      const ran = await installChanged((files) => void files.set(`${SUMS}.minisig`, sign(sumsOf(NEW))), {
        CKPT_PUBLIC_KEY: key,
      });
      expect(ran).toMatchObject({ code: 0, err: expect.stringContaining("signature: good") });
    });

    test("sums that were changed after they were signed are refused", async () => {
      const ran = await installChanged(
        (files) => {
          files.set(`${SUMS}.minisig`, sign(sumsOf(NEW)));
          files.set(SUMS, sumsOf(NEW).replaceAll(/^[0-9a-f]{8}/gm, "00000000"));
        },
        { CKPT_PUBLIC_KEY: key },
      );
      expectRefused(ran, "the signature of SHA256SUMS is wrong. Nothing was installed");
    });

    test("a signature that is missing is refused", async () => {
      const ran = await installChanged(() => {}, { CKPT_PUBLIC_KEY: key });
      expectRefused(ran, /cannot download .*SHA256SUMS\.minisig/);
    });

    test("without minisign it is reported that nothing was checked", async () => {
      const ran = await install({ env: { CKPT_PUBLIC_KEY: key, PATH: toolsWith(["curl", "sha256sum"]) } });
      expect(ran).toMatchObject({
        code: 0,
        err: expect.stringContaining("the signature was not checked: minisign is not installed"),
      });
    });
  });
});

describe("where it goes", () => {
  /** Another user than root, who owns a folder that others can reach. */
  async function asNobody(
    options: Options,
  ): Promise<{ ran: Awaited<ReturnType<typeof install>>; home: string }> {
    const isRoot = process.getuid?.() === 0;
    const through = isRoot ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] : [];
    const other = fs.mkdtempSync("/tmp/ckpt-test-");
    if (isRoot) fs.chownSync(other, 65534, 65534);
    home = other;
    return { ran: await install({ through, ...options }), home: other };
  }

  test("a user's is ~/.local/bin", async () => {
    const { ran, home: theirs } = await asNobody({ env: { CKPT_INSTALL: "" } });
    try {
      expect(ran).toMatchObject({ code: 0, err: expect.stringContaining(`${theirs}/.local/bin/ckpt\n`) });
      expect(fs.existsSync(path.join(theirs, ".local/share/man/man1/ckpt.1"))).toBe(true);
    } finally {
      fs.rmSync(theirs, { recursive: true });
    }
  });

  test("a folder that is not the user's is refused", async () => {
    const { ran, home: theirs } = await asNobody({ args: ["--dir", "/usr/lib/ckpt-none"] });
    fs.rmSync(theirs, { recursive: true });
    expectRefused(
      ran,
      "cannot write to /usr/lib/ckpt-none: name a folder of yours with --dir or CKPT_INSTALL",
    );
    expect(server.asked).toEqual([]);
  });

  test("root's is /usr/local/bin", async () => {
    const made = { id: "echo 0", mkdir: "exit 1" };
    expectRefused(
      await install({ env: { CKPT_INSTALL: "", PATH: toolsWith(["curl", "sha256sum"], made) } }),
      "cannot write to /usr/local/bin",
    );
  });

  test("without HOME it asks for a folder", async () => {
    const made = { id: "echo 1000" };
    const env = { CKPT_INSTALL: "", HOME: "", PATH: toolsWith(["curl", "sha256sum"], made) };
    expectRefused(await install({ env }), "HOME is not set: name a folder with --dir");
  });

  test("a folder named from here, with slashes at its end", async () => {
    dir = path.join(home, "x/y");
    expect(await install({ args: ["--dir", "x/y//"] })).toMatchObject({ code: 0 });
    expect(installed()).toEqual(["ckpt"]);
  });

  test("a link of another package manager is left alone", async () => {
    fs.mkdirSync(dir);
    fs.symlinkSync("../lib/node_modules/ckpt/ckpt.js", path.join(dir, "ckpt"));
    for (const args of [[], ["--uninstall"]])
      expect(await install({ args })).toMatchObject({
        code: 1,
        err: expect.stringContaining("is a link, probably of another package manager"),
      });
    expect(fs.lstatSync(path.join(dir, "ckpt")).isSymbolicLink()).toBe(true);
  });

  test("a folder called ckpt is left alone", async () => {
    fs.mkdirSync(path.join(dir, "ckpt"), { recursive: true });
    expect(await install()).toMatchObject({ code: 1, err: expect.stringContaining("is a folder") });
    expect(fs.readdirSync(path.join(dir, "ckpt"))).toEqual([]);
  });

  test("a manual that cannot be put into place does not keep the program back", async () => {
    dir = path.join(home, ".local/bin");
    fs.mkdirSync(path.join(home, ".local"));
    fs.writeFileSync(path.join(home, ".local/share"), "a file");
    const ran = await install();
    expect({ ...ran }).toMatchObject({
      code: 0,
      err: expect.stringContaining("the manual and the completion were not put in place"),
    });
    expect(ran.err).toContain("installed ckpt 0.2.0");
  });

  test("two installations at once leave one whole program", async () => {
    const both = await Promise.all([install(), install({ shell: ["bash"] })]);
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    expect(installed()).toEqual(["ckpt"]);
  });
});

describe("PATH", () => {
  test("nothing is said where the folder is in it", async () => {
    const ran = await install({ env: { PATH: `${dir}:${ENV["PATH"]}` } });
    expect(ran.code).toBe(0);
    expect(ran.err).not.toContain("PATH");
  });

  test.each([
    ["/bin/bash", "echo 'export PATH=\"DIR:$PATH\"' >> ~/.bashrc"],
    ["/usr/bin/zsh", "echo 'export PATH=\"DIR:$PATH\"' >> ~/.zshrc"],
    ["/usr/bin/fish", "fish_add_path 'DIR'"],
    ["/bin/sh", "echo 'export PATH=\"DIR:$PATH\"' >> ~/.profile"],
  ])("a line for %s puts the folder into it", async (shell, line) => {
    const ran = await install({ env: { SHELL: shell } });
    expect(ran.err).toContain(
      `is not in PATH. Add it with this line, then open a new shell:\n  ${line.replace("DIR", dir)}\n`,
    );
  });

  test.each([
    ["bash", ".bashrc"],
    ["zsh", ".zshrc"],
    ["sh", ".profile"],
    ["fish", null],
  ])(
    "the line for %s does so for a folder whose name has quotes and what a shell runs",
    async (shell, profile) => {
      dir = path.join(home, 'it\'s "$(touch x)" `touch x` & more');
      const ran = await install({ env: { SHELL: `/bin/${shell}` } });
      const line = /then open a new shell:\n {2}(.*)\n/.exec(ran.err)?.[1] ?? "";
      const script = profile === null ? line : `${line}\n. "$HOME/${profile}"`;
      const { stdout, stderr } = Bun.spawnSync([shell, "-c", `${script}\nenv`], {
        cwd: home,
        env: { HOME: home, PATH: ENV["PATH"] ?? "" },
      });
      expect(stderr.toString()).toBe("");
      expect(stdout.toString()).toContain(`\nPATH=${dir}:`);
      expect(fs.existsSync(path.join(home, "x"))).toBe(false);
    },
  );

  test("another ckpt that comes first is named", async () => {
    const first = newFolder();
    fs.writeFileSync(path.join(first, "ckpt"), standIn("other", "0.0.1"), { mode: 0o755 });
    const ran = await install({ env: { PATH: `${first}:${dir}:${ENV["PATH"]}` } });
    expect(ran.err).toContain(`another one comes first in PATH: ${first}/ckpt`);
  });
});

describe("completion", () => {
  const lineFor = /ckpt completion \S+/;
  test.each([
    [".local/bin", "/bin/bash", undefined],
    [".local/bin", "/usr/bin/fish", undefined],
    [".local/bin", "/usr/bin/zsh", "ckpt completion zsh)\"'"],
    ["opt/bin", "/bin/bash", "ckpt completion --help"],
    ["tools", "/bin/bash", "ckpt completion --help"],
  ])("in ~/%s, for %s, the line that is told is %p", async (folder, shell, line) => {
    dir = path.join(home, folder);
    const ran = await install({ env: { SHELL: shell } });
    expect({ code: ran.code, line: lineFor.exec(ran.err)?.[0] }).toEqual({ code: 0, line });
  });

  test("the line for zsh turns it on", async () => {
    dir = path.join(home, ".local/bin");
    const line =
      /enter this line:\n {2}(.*)\n/.exec((await install({ env: { SHELL: "/bin/zsh" } })).err)?.[1] ?? "";
    const added = Bun.spawnSync(["sh", "-c", line], { env: { HOME: home, PATH: ENV["PATH"] ?? "" } });
    expect({ success: added.success, zshrc: read(home, ".zshrc") }).toEqual({
      success: true,
      zshrc: 'eval "$(ckpt completion zsh)"\n',
    });
  });
});

describe("ended in the middle", () => {
  /** Installs from a server that never sends the archive to its end; resolves when it is asked for. */
  async function hang(): Promise<{ child: ReturnType<typeof startInstall>; slow: ReleaseServer }> {
    const slow = await ReleaseServer.start();
    slow.publish("0.2.0", NEW);
    for (const name of NEW.keys())
      slow.files.set(`latest/download/${name}`, (response) => void response.write("x"));
    const child = startInstall({ env: { CKPT_BASE_URL: slow.url } });
    await until(() => slow.asked.length === 2);
    return { child, slow };
  }

  test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)("%s leaves nothing", async (signal) => {
    const { child, slow } = await hang();
    process.kill(-child.pid, signal);
    await child.exited;
    expect(child.exitCode).not.toBe(0);
    expect(installed()).toEqual([]);
    await slow[Symbol.asyncDispose]();
  });

  test("what kill -9 leaves is removed by a later installation, but not what another one is at", async () => {
    const { child, slow } = await hang();
    process.kill(-child.pid, "SIGKILL");
    await child.exited;
    await slow[Symbol.asyncDispose]();
    const [left = ""] = installed();
    expect(left).toStartWith(".ckpt-install.");
    await install();
    expect(installed()).toEqual([left, "ckpt"]);
    const old = new Date("2020-01-01");
    fs.utimesSync(path.join(dir, left), old, old);
    await install();
    expect(installed()).toEqual(["ckpt"]);
  });
});

describe("words", () => {
  test("in Chinese, where ckpt would speak it", async () => {
    const zh = { LANG: "zh_CN.UTF-8" };
    expect((await install({ env: zh })).err).toMatch(
      /正在下载 .*\n已安装 ckpt 0\.2\.0：.*\n.* 不在 PATH 中。/,
    );
    expect((await install({ env: zh, args: ["--nonsense"] })).err).toBe(
      "install.sh：未知选项 --nonsense；--help 列出全部选项\n",
    );
    expect((await install({ env: { CKPT_LANG: "zh" }, args: ["--uninstall"] })).err).toMatch(
      /^已删除 .*；检查点和输出文件保持原样\n$/,
    );
    expect((await install({ env: { ...zh, LC_ALL: "C" }, args: ["--uninstall"] })).err).toContain(
      "there is no ckpt in",
    );
  });

  test.each([
    [["--nonsense"], "unknown option --nonsense"],
    [["--dir"], "--dir needs a value"],
    [["--uninstall"], "there is no ckpt in "],
  ])("%p is refused", async (args, words) => {
    expectRefused(await install({ args }), words);
    expect(server.asked).toEqual([]);
  });

  test("--uninstall names another ckpt that is in PATH", async () => {
    const other = newFolder();
    fs.writeFileSync(path.join(other, "ckpt"), standIn("other", "0.0.1"), { mode: 0o755 });
    expectRefused(
      await install({ args: ["--uninstall"], env: { PATH: `${other}:${ENV["PATH"]}` } }),
      `another one is ${other}/ckpt: name its folder with --dir`,
    );
  });

  test("--help names every option and variable", async () => {
    const { code, out } = await install({ args: ["--help"] });
    expect(code).toBe(0);
    const texts = SCRIPT.toString();
    for (const [name] of texts.matchAll(
      /--(?:version|dir|base-url|uninstall)\b|CKPT_(?:VERSION|INSTALL|BASE_URL)\b/g,
    ))
      expect(out).toContain(name);
  });
});

describe("the commands of the docs", () => {
  /** Those of a page that fit, run as they stand but for the address. */
  async function runFences(page: string, wanted: RegExp): Promise<string> {
    const text = fs.readFileSync(path.resolve(import.meta.dir, "../..", page), "utf8");
    const fences = [...text.matchAll(/```sh\n([^]*?)```/g)].map(([, fence = ""]) => fence);
    const lines = fences.filter((fence) => wanted.test(fence)).join("");
    const script = `set -e\n${lines.replaceAll(RELEASES_URL, server.url)}`;
    server.files.set("latest/download/install.sh", SCRIPT);
    const child = Bun.spawn(["bash", "-c", script], {
      cwd: home,
      env: { ...ENV, HOME: home, CKPT_INSTALL: dir, CKPT_BASE_URL: server.url, CKPT_PUBLIC_KEY: "" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const [out, err, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
    expect({ code, err }).toEqual({ code: 0, err });
    return out + err;
  }

  test.each([["README.md"], ["README.zh.md"]])("%s installs and uninstalls", async (page) => {
    expect(await runFences(page, /install\.sh/)).toMatch(/installed ckpt 0\.2\.0.*\n[^]*removed /);
    expect(installed()).toEqual([]);
  });

  test("docs/install.md installs, installs a version elsewhere, and uninstalls", async () => {
    const said = await runFences("docs/install.md", /install\.sh/);
    expect(said).toMatch(/installed ckpt 0\.2\.0.*\n[^]*installed ckpt 0\.1\.0: .*\/bin\/ckpt\n[^]*removed /);
    expect(fs.readdirSync(path.join(home, "bin"))).toEqual(["ckpt"]);
    // Nobody wants a ~/share.
    expect(fs.readdirSync(home).toSorted()).toEqual(["bin", path.basename(dir)]);
  });

  test("docs/install.md checks and unpacks an archive by hand", async () => {
    expect(await runFences("docs/install.md", /SHA256SUMS/)).toContain(
      "ckpt-linux-x64.tar.gz: OK\nckpt 0.2.0\n",
    );
  });
});

test("install.sh has no fault that shellcheck finds", () => {
  const ran = Bun.spawnSync(["shellcheck", SCRIPT_FILE], { env: ENV });
  expect({ code: ran.exitCode, out: ran.stdout.toString() }).toEqual({ code: 0, out: "" });
});
