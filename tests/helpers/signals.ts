// Signals that tests send to ckpt.
import * as fs from "node:fs";
import * as os from "node:os";
import type { Reading } from "./reading.ts";
import { until } from "./until.ts";

/** Two signals closer together than this are one (lib/job/session/process-items.ts). */
const SAME_SIGNAL_MS = 300;

type Child = { readonly pid: number; kill(signal: NodeJS.Signals): void };

/**
 * ^C, and ^C again once the first has been heard and the second cannot be taken for a part of it.
 * @param errors its standard error
 */
export async function interruptTwice(child: Child, errors: Reading): Promise<void> {
  child.kill("SIGINT");
  await until(
    () => errors.text.includes("SIGINT"),
    () => `the first ^C to be heard; said so far: ${errors.text}`,
  );
  const heardMs = performance.now();
  await until(() => performance.now() - heardMs > SAME_SIGNAL_MS);
  child.kill("SIGINT");
}

/** Sends a signal and resolves when the process has been given it: the kernel holds it back no more. */
export async function deliver(child: Child, signal: NodeJS.Signals): Promise<void> {
  child.kill(signal);
  await until(() => !isHeldBack(child.pid, signal));
}

function isHeldBack(pid: number, signal: NodeJS.Signals): boolean {
  const status = fs.readFileSync(`/proc/${pid}/status`, "utf8");
  const held = /^ShdPnd:\t([\da-f]+)$/m.exec(status)?.[1] ?? "0";
  return ((BigInt(`0x${held}`) >> BigInt(os.constants.signals[signal] - 1)) & 1n) === 1n;
}
