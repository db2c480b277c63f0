// A release made twice, in two folders and with everything else different that should not matter: user settings, time zone, language, umask, times of files.
// The second one has no network. What the checkout holds now is built, committed or not: both copies are one commit of the same time.
import * as fs from "node:fs";
import * as path from "node:path";
import { archiveName, TARGETS, type Target } from "../../scripts/release/targets.ts";
import type { Size } from "../crash/figures.ts";
import { ENV, newFolder } from "../helpers/ckpt.ts";
import { RUNTIMES } from "../helpers/runtimes.ts";

const ROOT = path.resolve(import.meta.dir, "../..");
/** What is made, or belongs to one copy only. */
const NOT_COPIED: ReadonlySet<string> = new Set([".git", "dist", "node_modules", "coverage", "checkpoints"]);
const QUICK: ReadonlySet<string> = new Set(["linux-x64", "darwin-x64"]);
const COMMITTED_AT = "2026-01-02T03:04:05Z";
const EPOCH_SECONDS = Date.parse(COMMITTED_AT) / 1000;
const GIT = [
  "git",
  "-c",
  "user.name=nobody",
  "-c",
  "user.email=nobody@localhost",
  "-c",
  "init.defaultBranch=main",
];

/** A key made for tests by `minisign -G -W`, without a password. Nothing real is signed with it. */
export const TEST_KEY = {
  secret:
    "RWQAAEIyAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAH0YqZfQI03kvqjo/KImZJSEZLF3gN5+P4uL37cP3xOyEWdBfL3Zi5hOKLi6FJ86RMYahHs7Hs3PWmOopWvXQKfncOJMNx72nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
  public: "RWQfRipl9AjTeROKLi6FJ86RMYahHs7Hs3PWmOopWvXQKfncOJMNx72n",
} as const;

export type Builds = {
  readonly targets: readonly Target[];
  /** The folders of the two releases. */
  readonly folders: readonly [string, string];
  readonly version: string;
  readonly epochSeconds: number;
};

const made = new Map<Size, Promise<Builds>>();

/** Made once in a process, for every test that looks at a release. */
export function twoBuilds(size: Size): Promise<Builds> {
  const before = made.get(size);
  if (before !== undefined) return before;
  const builds = makeBuilds(size);
  made.set(size, builds);
  return builds;
}

async function makeBuilds(size: Size): Promise<Builds> {
  const targets = size === "quick" ? TARGETS.filter(({ name }) => QUICK.has(name)) : TARGETS;
  const words = targets.flatMap(({ name }) => ["--target", name]);
  words.push("--cache", RUNTIMES);
  const [first, second] = [copyOfCheckout("a"), copyOfCheckout("another folder")];
  // Two gigabytes, which nothing needs after the tests.
  process.on("exit", () => {
    for (const folder of [first, second]) fs.rmSync(path.dirname(folder), { recursive: true, force: true });
  });
  makeFilesOld(second);
  for (const folder of [first, second]) addPackages(folder);
  await run(first, "022", words, { TZ: "Asia/Shanghai" });
  await run(second, "077", [...words, "--out", path.join(second, "dist", "elsewhere")], {
    ...withoutNetwork(),
    HOME: newFolder(),
    TZ: "America/New_York",
    LC_ALL: "C",
    NODE_ENV: "production",
    SOURCE_DATE_EPOCH: "1",
  });
  const manifest: unknown = JSON.parse(fs.readFileSync(path.join(first, "package.json"), "utf8"));
  const version =
    typeof manifest === "object" && manifest !== null ? String(Reflect.get(manifest, "version")) : "";
  const folders = [path.join(first, "dist", "release"), path.join(second, "dist", "elsewhere")] as const;
  return { targets, folders, version, epochSeconds: EPOCH_SECONDS };
}

/** What the archive of a target has as its executable. */
export async function executableIn(folder: string, target: Target): Promise<Buffer> {
  const archive = new Bun.Archive(await Bun.file(path.join(folder, archiveName(target))).bytes());
  const file = (await archive.files()).get(`ckpt-${target.name}/${target.executable}`);
  if (file === undefined) throw new Error(`${archiveName(target)} has no executable`);
  return Buffer.from(await file.arrayBuffer());
}

/** A repository with one commit: of what the checkout holds now. */
export function copyOfCheckout(name: string): string {
  const folder = path.join(newFolder(), name);
  fs.mkdirSync(folder);
  for (const entry of fs.readdirSync(ROOT))
    if (!NOT_COPIED.has(entry))
      fs.cpSync(path.join(ROOT, entry), path.join(folder, entry), { recursive: true });
  git(folder, "init", "--quiet");
  git(folder, "add", "--all");
  git(folder, "commit", "--quiet", "--message", "a release");
  return folder;
}

function addPackages(folder: string): void {
  fs.cpSync(path.join(ROOT, "node_modules"), path.join(folder, "node_modules"), {
    recursive: true,
    verbatimSymlinks: true,
  });
}

export function git(folder: string, ...words: readonly string[]): void {
  const env = { ...ENV, GIT_AUTHOR_DATE: COMMITTED_AT, GIT_COMMITTER_DATE: COMMITTED_AT };
  const { success, stderr } = Bun.spawnSync([...GIT, ...words], { cwd: folder, env });
  if (!success) throw new Error(`git ${words.join(" ")}: ${stderr.toString()}`);
}

function makeFilesOld(folder: string): void {
  for (const name of fs.readdirSync(folder, { recursive: true, encoding: "utf8" }))
    if (!name.startsWith(".git")) fs.utimesSync(path.join(folder, name), 1_000_000_000, 1_000_000_000);
}

/** Whoever asks npm, or any proxy, is refused at once. */
function withoutNetwork(): Readonly<Record<string, string>> {
  const nobody = "http://127.0.0.1:9/";
  return { npm_config_registry: nobody, HTTP_PROXY: nobody, HTTPS_PROXY: nobody };
}

/** @throws Error with what was printed when the release fails. */
async function run(
  folder: string,
  umask: string,
  words: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<void> {
  const command = `umask ${umask}; exec "$0" run release "$@"`;
  const child = Bun.spawn(["sh", "-c", command, process.execPath, ...words], {
    cwd: folder,
    env: { ...ENV, MINISIGN_SECRET_KEY: TEST_KEY.secret, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [out, err, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  if (code !== 0) throw new Error(`the release in ${folder} ended with ${code}:\n${out}${err}`);
}
