// Compiles the executable. All builds take these options, so that what is tested is what is shipped.
import * as fs from "node:fs";
import * as path from "node:path";
import { runTool } from "./run-tool.ts";
import type { Target } from "./targets.ts";

/** `cli.ts`, and the thread that commits, which is loaded by its name. */
export const ENTRIES: readonly string[] = ["cli.ts", "lib/checkpoint/status/commit-worker.ts"];

/** Of `bun build`. */
export const OPTIONS: readonly string[] = [
  "--compile",
  "--bytecode",
  "--format=esm",
  "--splitting",
  "--sourcemap=inline",
  "--entry-naming=[name].[ext]",
  // Otherwise the executable takes settings from the bunfig.toml and the .env of whatever folder it runs in.
  "--no-compile-autoload-bunfig",
  "--no-compile-autoload-dotenv",
];

export type Build = {
  /** The checkout, with its packages installed. */
  readonly root: string;
  /** Where the executable goes. Maps that Bun leaves there are removed. */
  readonly folder: string;
  /** Without it, the build is for this machine and uses the Bun that runs. */
  readonly foreign?: { readonly target: Target; readonly runtimeFile: string };
};

/** Returns the path of the executable. @throws ToolError when Bun cannot compile it. */
export async function compile({ root, folder, foreign }: Build): Promise<string> {
  fs.mkdirSync(folder, { recursive: true });
  // The base name of the outfile becomes a part of the bytes: it is `ckpt` for every target. Bun adds `.exe` for Windows.
  const outfile = path.join(folder, "ckpt");
  const words =
    foreign === undefined
      ? []
      : [
          `--target=bun-${foreign.target.name}`,
          `--compile-executable-path=${path.resolve(foreign.runtimeFile)}`,
        ];
  const argv = [process.execPath, "build", ...OPTIONS, ...words, ...ENTRIES, "--outfile", outfile];
  await runTool(argv, { cwd: root, env: buildEnvironment(root, folder) });
  for (const name of fs.readdirSync(folder)) if (name.endsWith(".map")) fs.rmSync(path.join(folder, name));
  return foreign === undefined ? outfile : path.join(folder, foreign.target.executable);
}

/** Nothing of the user's own settings (NODE_ENV, BUN_OPTIONS, ~/.bunfig.toml) reaches a build. */
function buildEnvironment(root: string, home: string): Readonly<Record<string, string>> {
  const { PATH = "", TMPDIR } = process.env;
  return {
    PATH,
    HOME: home,
    TZ: "UTC",
    LANG: "C.UTF-8",
    ...(TMPDIR === undefined ? {} : { TMPDIR }),
    // git is asked for the commit, also where the checkout belongs to another user, as in containers.
    GIT_CONFIG_COUNT: "1",
    GIT_CONFIG_KEY_0: "safe.directory",
    GIT_CONFIG_VALUE_0: root,
  };
}
