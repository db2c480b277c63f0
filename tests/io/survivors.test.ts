import { describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { endSurvivors } from "../../lib/io/survivors.ts";
import { FIXTURES, isRunning, newNonce, pidsIn, temporaryFolder } from "../helpers/attempts.ts";
import { ENV } from "../helpers/ckpt.ts";
import { until } from "../helpers/until.ts";

/** Starts a fixture program as a run that is gone has left it behind; resolves with its pids when it is under way. */
async function leaveBehind(
  name: string,
  mark: string,
  env: { readonly [name: string]: string },
): Promise<readonly number[]> {
  Bun.spawn(["sh", join(FIXTURES, name), mark], {
    env: { ...ENV, ...env },
    stdio: ["ignore", "ignore", "ignore"],
    detached: true,
  }).unref();
  await until(() => pidsIn(mark).length > 0);
  return pidsIn(mark);
}

describe.skipIf(process.platform !== "linux")("endSurvivors()", () => {
  test("ends what carries the nonce, children of children and what has left its group included", async () => {
    using folder = temporaryFolder();
    const nonce = newNonce();
    const env = { CKPT_SESSION_NONCE: nonce };
    const pids = [
      ...(await leaveBehind("forever.sh", join(folder.path, "a"), env)),
      ...(await leaveBehind("escape.sh", join(folder.path, "b"), env)),
      ...(await leaveBehind("grandchild.sh", join(folder.path, "c"), env)),
    ];
    expect(pids.filter(isRunning).length).toBe(4);
    expect(await endSurvivors(nonce)).toBeGreaterThanOrEqual(4);
    expect(pids.filter(isRunning)).toEqual([]);
    expect(await endSurvivors(nonce)).toBe(0);
  });

  test("kills what does not heed SIGTERM", async () => {
    using folder = temporaryFolder();
    const nonce = newNonce();
    const pids = await leaveBehind("ignore-term.sh", join(folder.path, "mark"), {
      CKPT_SESSION_NONCE: nonce,
    });
    await endSurvivors(nonce);
    expect(pids.filter(isRunning)).toEqual([]);
  });

  test("leaves alone what carries another nonce, a longer one, or none", async () => {
    using folder = temporaryFolder();
    const nonce = newNonce();
    const others = [
      { CKPT_SESSION_NONCE: newNonce() },
      { CKPT_SESSION_NONCE: `${nonce}0` },
      { MY_CKPT_SESSION_NONCE: nonce },
      { OTHER: `CKPT_SESSION_NONCE=${nonce}` },
      {},
    ];
    const pids: number[] = [];
    for (const [at, env] of others.entries()) {
      pids.push(...(await leaveBehind("forever.sh", join(folder.path, `mark-${at}`), env)));
    }
    try {
      expect(await endSurvivors(nonce)).toBe(0);
      expect(await endSurvivors("")).toBe(0);
      expect(pids.filter((pid) => !isRunning(pid))).toEqual([]);
    } finally {
      for (const pid of pids) process.kill(pid, "SIGKILL");
    }
  });

  test("spares itself and those it descends from", () => {
    using folder = temporaryFolder();
    const program = join(folder.path, "inner.ts");
    const survivors = join(import.meta.dir, "../../lib/io/survivors.ts");
    const source = `import { endSurvivors } from ${JSON.stringify(survivors)};
      console.log(await endSurvivors(process.argv[2] ?? ""));`;
    writeFileSync(program, source);
    const nonce = newNonce();
    const { stdout, exitCode } = Bun.spawnSync(
      ["sh", "-c", '"$@"; echo "and the shell too"', "sh", process.execPath, program, nonce],
      {
        env: { ...ENV, CKPT_SESSION_NONCE: nonce },
      },
    );
    expect(stdout.toString()).toBe("0\nand the shell too\n");
    expect(exitCode).toBe(0);
  });
});
