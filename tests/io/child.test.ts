import { afterEach, describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, openSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ChildEnd, Children, type ChildRequest } from "../../lib/io/child.ts";
import { FIXTURES, isRunning, newNonce, pidsIn, temporaryFolder } from "../helpers/attempts.ts";
import { ENV } from "../helpers/ckpt.ts";
import { until } from "../helpers/until.ts";

const opened: Children[] = [];

afterEach(async () => {
  await Promise.all(opened.splice(0).map((children) => children.close()));
});

function run(argv: readonly string[], changes: Partial<ChildRequest> = {}): Promise<ChildEnd> {
  const children = new Children();
  opened.push(children);
  const nonce = newNonce();
  const env = { ...ENV, CKPT_SESSION_NONCE: nonce };
  const { signal } = new AbortController();
  return children.run(
    { argv, env, input: "", timeoutMs: null, maxOutputBytes: 1 << 20, signal, ...changes },
    nonce,
  );
}

/** Runs a fixture program with /bin/sh. */
function runFixture(
  name: string,
  parameters: readonly string[] = [],
  changes: Partial<ChildRequest> = {},
): Promise<ChildEnd> {
  return run(["sh", join(FIXTURES, name), ...parameters], changes);
}

function outputOf(end: ChildEnd): string {
  return end.end === "exited" ? end.stdout.toString() : JSON.stringify(end);
}

describe("streams", () => {
  test("standard input is what was given, standard output comes back as bytes", async () => {
    for (const input of ["", "a line\n", "x".repeat(1 << 20)]) {
      expect(outputOf(await run(["cat"], { input }))).toBe(input);
    }
    expect(await run(["printf", "a\\000\\377"])).toMatchObject({
      end: "exited",
      stdout: Buffer.from([97, 0, 255]),
    });
  });

  test("a child that does not read its standard input does no harm", async () => {
    expect(await run(["true"], { input: "x".repeat(4 << 20) })).toMatchObject({ end: "exited", status: 0 });
  });

  test("streams can be opened by name", async () => {
    const end = await runFixture("device-streams.sh", [], { input: "the item\n" });
    expect(end).toMatchObject({ end: "exited", status: 0, stderr: "problem\n" });
    expect(outputOf(end)).toBe("the item\n");
  });

  test("a grandchild that holds standard output open is not waited for, and is ended", async () => {
    using folder = temporaryFolder();
    const mark = join(folder.path, "mark");
    expect(outputOf(await runFixture("grandchild.sh", [mark]))).toBe("done\n");
    expect(pidsIn(mark).length).toBe(1);
    expect(pidsIn(mark).filter(isRunning)).toEqual([]);
  });

  test("of standard error the last 8 KiB are kept, however much there was", async () => {
    const end = await runFixture("noisy.sh");
    const { stderr } = end as ChildEnd & { readonly end: "exited" };
    expect(stderr.length).toBe(8192);
    expect(stderr).toMatch(/^e+the last line\n$/);
    expect(outputOf(end)).toBe("done\n");
  });

  test("standard error is cut at the edge of a character", async () => {
    const end = await run(["sh", "-c", "yes 文 | tr -d '\\n' | head -c 9000 >&2"]);
    expect(end).toMatchObject({ stderr: "文".repeat(2730) });
  });
});

describe("surroundings", () => {
  test.skipIf(process.platform !== "linux")("no descriptor of this process gets into a child", async () => {
    using folder = temporaryFolder();
    openSync(join(folder.path, "log"), "w");
    expect(outputOf(await runFixture("descriptors.sh"))).toBe("0\n1\n2\n3\n"); // 3 is the folder that ls itself reads
  });

  test.skipIf(process.platform !== "linux")("no signal is ignored in a child", async () => {
    expect(outputOf(await runFixture("signals.sh"))).toMatch(/SigIgn:\s+0+\n/);
  });

  test("a child leads a session of its own, so that ^C in the terminal does not reach it", async () => {
    const [pid, group, session] = outputOf(await run(["sh", "-c", "ps -o pid=,pgid=,sid= -p $$"]))
      .trim()
      .split(/\s+/);
    expect([group, session]).toEqual([pid, pid]);
  });

  test("no descriptor is left open, whatever becomes of the children", async () => {
    const count = (): number => readdirSync("/dev/fd").length;
    await run(["true"]);
    const before = count();
    const attempts = Array.from({ length: 300 }, async (_, index) => {
      if (index % 6 === 1) return run(["no-such-command"]);
      if (index % 6 === 2) return run(["true", "\0"]);
      if (index % 6 === 3) return run(["sleep", "1000"], { timeoutMs: 1 });
      if (index % 6 === 4) return run(["true"], { signal: AbortSignal.abort("stop") });
      return run(["echo", "x"], { maxOutputBytes: index % 6 === 5 ? 0 : 2 });
    });
    const ends = new Set((await Promise.all(attempts)).map((end) => end.end));
    expect(ends).toEqual(new Set(["exited", "not_started", "timeout", "aborted", "output_too_large"]));
    await until(() => count() <= before);
  });
});

describe("ends", () => {
  test("exit status and signal are reported", async () => {
    expect(await runFixture("exit-with.sh", ["42"])).toMatchObject({ end: "exited", status: 42 });
    expect(await runFixture("crash.sh")).toMatchObject({ end: "signalled", signal: "SIGSEGV" });
  });

  test("at the timeout a child may tidy up before it is gone", async () => {
    using folder = temporaryFolder();
    const mark = join(folder.path, "mark");
    const stop = new AbortController();
    const end = runFixture("tidy-on-term.sh", [mark], { signal: stop.signal });
    await until(() => pidsIn(mark).length > 0);
    stop.abort("stop");
    expect(await end).toEqual({ end: "aborted" });
    expect(pidsIn(mark)).toEqual([]); // it has taken its mark away
  });

  test("what a shell has started may tidy up as well, although its shell is gone at once", async () => {
    using folder = temporaryFolder();
    const mark = join(folder.path, "mark");
    const stop = new AbortController();
    const program = join(FIXTURES, "tidy-on-term.sh");
    const end = run(["sh", "-c", `sh '${program}' '${mark}'; true`], { signal: stop.signal });
    await until(() => pidsIn(mark).length > 0);
    stop.abort("stop");
    expect(await end).toEqual({ end: "aborted" });
    expect(pidsIn(mark)).toEqual([]);
  });

  test("output without end is stopped and not kept", async () => {
    expect(await runFixture("huge.sh")).toEqual({ end: "output_too_large", stderr: "" });
  });

  test("a timeout longer than a timer can run does not go off at once", async () => {
    expect(await run(["sleep", "0.01"], { timeoutMs: 2 ** 33 })).toMatchObject({ end: "exited", status: 0 });
  });

  test("what has left its group is ended when the children are closed", async () => {
    if (process.platform !== "linux" || Bun.which("setsid") === null) return;
    using folder = temporaryFolder();
    const mark = join(folder.path, "mark");
    expect(outputOf(await runFixture("escape.sh", [mark]))).toBe("done\n");
    expect(pidsIn(mark).filter(isRunning).length).toBe(1);
    await opened.at(-1)?.close();
    expect(pidsIn(mark).filter(isRunning)).toEqual([]);
  });
});

describe("not started", () => {
  test("a command that is not there is not found", async () => {
    const message = "no-such-command: not found in PATH";
    expect(await run(["no-such-command"])).toEqual({
      end: "not_started",
      kind: "command_not_found",
      message,
    });
    for (const program of ["./no/such/command", "/etc/passwd/x", ""]) {
      expect(await run([program])).toMatchObject({ end: "not_started", kind: "command_not_found" });
    }
  });

  test("what cannot be executed says why", async () => {
    using folder = temporaryFolder();
    const make = (name: string, text: string, mode: number): string => {
      const file = join(folder.path, name);
      writeFileSync(file, text);
      chmodSync(file, mode);
      return file;
    };
    mkdirSync(join(folder.path, "a-folder"));
    const programs = [
      [make("plain", "#!/bin/sh\n", 0o644), "no permission to execute it"],
      [make("no-head", "echo hi\n", 0o755), 'neither a program nor a script that begins with "#!"'],
      [make("lost", "#!/no/such/program\n", 0o755), "the program that its first line names is not there"],
      [join(folder.path, "a-folder"), "no permission to execute it"],
    ] as const;
    for (const [file, why] of programs) {
      const end = await run([file]);
      expect(end).toEqual({ end: "not_started", kind: "command_not_executable", message: `${file}: ${why}` });
    }
    const byName = await run(["lost"], { env: { PATH: folder.path } });
    expect(byName).toMatchObject({ kind: "command_not_executable" });
  });

  test("arguments that no program can be given are the item's fault", async () => {
    expect(await run(["true", "a\0b"])).toMatchObject({ end: "not_started", kind: "argument_nul" });
    expect(await run(["true"], { env: { CKPT_ITEM_ID: "a\0b" } })).toMatchObject({ kind: "argument_nul" });
    expect(await run(["true", "x".repeat(8 << 20)])).toMatchObject({
      end: "not_started",
      kind: "argument_too_long",
    });
  });

  test.each([0, 1, 2])("with %i descriptors left it is for want of resources", (left) => {
    const program = join(import.meta.dir, "../fixtures/io/no-descriptors.ts");
    const command = `ulimit -n 100; exec "$@"`;
    const { stdout } = Bun.spawnSync(["sh", "-c", command, "sh", process.execPath, program, String(left)], {
      env: ENV,
    });
    expect(stdout.toString()).toBe("no_resources\n");
  });
});
