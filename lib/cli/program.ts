// How to call the program again, for commands that are printed to be copied: what the user can type, which is not always what started the program.
// `npx` and package scripts add folders to PATH that are gone afterwards.
import * as path from "node:path";

export type Started = {
  /** The script that Bun runs. */
  readonly main: string;
  /** The name it was called with. */
  readonly argv0: string;
  /** The running file: the executable, or Bun. */
  readonly execPath: string;
  readonly cwd: string;
  readonly searchPath: string;
};

/** Folders that npx and package scripts add to PATH. */
const OF_RUNNERS = /(?:^|[\\/])(?:node_modules[\\/]\.bin|node-gyp-bin)[\\/]?$/;

/** Where an executable has its own files: a folder that is nowhere else. On Windows it is on a drive of its own. */
const WITHIN_EXECUTABLE = /^(?:\/\$bunfs\/|B:[\\/]~BUN[\\/])/i;

/** Whether a script is that of an executable; else it is a file that Bun runs. */
export function isExecutable(main: string): boolean {
  return WITHIN_EXECUTABLE.test(main);
}

/** Where npm and npx put the executable (scripts/release/npm-packages.ts): the folder of the installation is before it. */
const FROM_NPM = /^(.*)[\\/]node_modules[\\/]@ckpt[\\/][^\\/]+[\\/]ckpt(?:\.exe)?$/;
const CACHE_OF_NPX = /[\\/]_npx[\\/][^\\/]+$/;

/** The first words of the command line: the executable as typed; in a checkout, Bun and the path of cli.ts. */
export function programWords({ main, argv0, execPath, cwd, searchPath }: Started): readonly string[] {
  const folders = searchPath.split(path.delimiter).filter((folder) => !OF_RUNNERS.test(folder));
  const canType = (name: string): boolean => Bun.which(name, { PATH: folders.join(path.delimiter) }) !== null;
  if (isExecutable(main)) {
    if (/[\\/]/.test(argv0) || canType(argv0)) return [argv0];
    const home = FROM_NPM.exec(execPath)?.[1];
    const npxFindsIt =
      home !== undefined && (CACHE_OF_NPX.test(home) || `${cwd}${path.sep}`.startsWith(home + path.sep));
    return npxFindsIt && canType("npx") ? ["npx", "ckpt"] : [execPath];
  }
  const script = path.relative(cwd, main);
  if (canType("bun")) return ["bun", script];
  return canType("npx") ? ["npx", "--yes", `bun@${Bun.version}`, script] : [execPath, script];
}
