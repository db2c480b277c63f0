// Needs ps.
import { expect, test } from "bun:test";
import { listedProcesses, listedWith } from "../../lib/io/ps.ts";
import { newNonce } from "../helpers/attempts.ts";
import { ENV } from "../helpers/ckpt.ts";
import { until } from "../helpers/until.ts";

/** The words by which ps(1) of procps shows what that of macOS shows with -A -E -ww. */
const PROCPS = ["axeww", "-o", "pid=", "-o", "ppid=", "-o", "command="];
const NAME = "CKPT_SESSION_NONCE";

test("listedWith() finds a process by its environment, and no other", async () => {
  const nonce = newNonce();
  const start = (env: Record<string, string>): Bun.Subprocess =>
    Bun.spawn(["sleep", "1000"], { env: { ...ENV, ...env }, stdio: ["ignore", "ignore", "ignore"] });
  const wanted = start({ [NAME]: nonce, ZZ: "x" });
  const others = [start({ [NAME]: `${nonce}0` }), start({ [`MY_${NAME}`]: nonce }), start({})];
  try {
    const seen = (): readonly number[] => listedWith(listedProcesses(PROCPS), NAME, nonce);
    await until(() => seen().includes(wanted.pid));
    expect(seen()).toEqual([wanted.pid]);
  } finally {
    for (const child of [wanted, ...others]) child.kill("SIGKILL");
  }
});

test("listedWith() spares this process and those it descends from", () => {
  const text = `cmd ${NAME}=a B=c`;
  const line = [
    { pid: process.pid, parent: 70, text },
    { pid: 70, parent: 1, text },
    { pid: 71, parent: 70, text },
    { pid: 72, parent: 1, text: `cmd B=c ${NAME}=a` },
  ];
  expect(listedWith(line, NAME, "a")).toEqual([71, 72]);
});

test("listedProcesses() is empty where ps does not know the words", () => {
  expect(listedProcesses(["--no-such-word"])).toEqual([]);
});
