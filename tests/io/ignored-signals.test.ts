import { expect, test } from "bun:test";
import { resolve } from "node:path";
import { ENV } from "../helpers/ckpt.ts";

const PRINT = resolve(import.meta.dir, "../fixtures/io/ignored-signals.ts");

test.each([
  ["", []],
  ["trap '' HUP", ["SIGHUP"]],
  ["trap '' INT TERM", ["SIGINT", "SIGTERM"]],
])("after %j /proc and sigaction(2) say which signals are ignored", (trap, signals) => {
  const script = `${trap}\nexec "$@"`;
  const ran = Bun.spawnSync(["sh", "-c", script, "sh", process.execPath, PRINT], { env: ENV });
  expect(JSON.parse(ran.stdout.toString())).toEqual([signals, signals]);
});
