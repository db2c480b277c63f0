// The environment of tests and of what they start is the same on every machine: no proxy, no key, no colours, no language or settings of whoever runs them.
import { tmpdir } from "node:os";
import { dirname } from "node:path";
import { ENV } from "./ckpt.ts";

/** What is taken over from outside: settings of the tests themselves, and where temporary files go. */
const OWN = /^(?:CI|TMPDIR|CKPT_TEST_\w+|CKPT_UPDATE_SCREENS)$/;

/** The environment of the process that runs tests, made of the one it was given. */
export function testEnvironment(
  given: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  const own = Object.entries(given).filter(
    (entry): entry is [string, string] => OWN.test(entry[0]) && entry[1] !== undefined,
  );
  // Whose machine it is: that user's caches are read (`runtimes.ts`), and nothing else of them.
  const { HOME: user = tmpdir(), TMPDIR: home = tmpdir() } = given;
  return { ...ENV, HOME: home, CKPT_TEST_HOME: user, ...Object.fromEntries(own) };
}

/** Makes this process's environment that of tests. What it starts without one of its own still gets the one this process was started with. */
export function fixEnvironment(): void {
  const fixed = testEnvironment(process.env);
  for (const name of Object.keys(process.env)) if (!(name in fixed)) delete process.env[name];
  Object.assign(process.env, fixed);
}

/** PATH, with the folder of the interpreter first where `python3` is a script that chooses one (pyenv): that takes a tenth of a second at each start. */
export function pathToPython(): string {
  const before = ENV["PATH"] ?? "";
  if (Bun.which("python3") === null) return before;
  const found = Bun.spawnSync(["python3", "-c", "import sys; print(sys.executable)"], { env: ENV });
  return found.success ? `${dirname(found.stdout.toString().trim())}:${before}` : before;
}
