#!/usr/bin/env node
// What npm links as `ckpt`: becomes the executable of this machine's package. Where it cannot (Node before 22.15, Windows), and where npm runs it, it starts
// the executable as a child, passes every signal on, and ends as the child ends: a wrapper that ended alone would leave a run behind that holds the lock.
// Node 18 or newer. The table of builds is in package.json beside this file (scripts/release/npm-packages.ts).
import { spawn } from "node:child_process";
import { accessSync, constants, existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import process from "node:process";

const { version, builds } = JSON.parse(readFileSync(new URL("package.json", import.meta.url), "utf8"));
const { arch, env, platform } = process;
const words = process.argv.slice(2);
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"];
const RUNNER_POLL_MS = 250;
/** `a & b`, but not `a && b` or `a 2>&1`. */
const IN_BACKGROUND = /(?:^|[^&>])&(?![&>])/;
/** The programs that load a dynamic executable: a build for a C library runs where that library's is. */
const LOADERS = {
  "x64 glibc": "/lib64/ld-linux-x86-64.so.2",
  "x64 musl": "/lib/ld-musl-x86_64.so.1",
  "arm64 glibc": "/lib/ld-linux-aarch64.so.1",
  "arm64 musl": "/lib/ld-musl-aarch64.so.1",
};

const locale = [env.CKPT_LANG, env.LC_ALL, env.LC_MESSAGES, env.LANG].find((value) => value) ?? "";
const isChinese = /^zh(?:[_.@-]|$)/i.test(locale);

const file = findExecutable();
const isUnderRunner = hasRunner();
const canBecome = process.execve !== undefined && platform !== "win32" && !isUnderRunner;
if (canBecome) process.execve(file, ["ckpt", ...words], env);
else runAsChild(file);

/** Says what is wrong, and ends. */
function fail(english, chinese) {
  process.stderr.write(isChinese ? `ckpt：${chinese}\n` : `ckpt: ${english}\n`);
  process.exit(1);
}

/** Whether npx, bunx or a script of package.json waits for this process. Told to end, they end the shell between them and it, and nothing else. */
function hasRunner() {
  const { npm_command: command, npm_lifecycle_script: script = "" } = env;
  if (script === "" || (command !== "exec" && IN_BACKGROUND.test(script))) return false;
  try {
    // What runs below has the same environment: the runner's child is the one whose parent was started with the script.
    return readFileSync(`/proc/${process.ppid}/cmdline`, "utf8").includes(script);
  } catch {
    return command === "exec"; // no /proc
  }
}

function findExecutable() {
  const fitting = builds.filter(({ os, cpu }) => os === platform && cpu === arch);
  const names = builds.map((build) => build.package.split("/")[1]).join(", ");
  if (fitting.length === 0)
    fail(
      `there is no build for ${platform} on ${arch}. There are: ${names}. ckpt can be built from source: see its README`,
      `没有适用于 ${platform} ${arch} 的版本。现有：${names}。也可以从源代码构建，见 README`,
    );
  const isLoadable = ({ cpu, libc }) => libc === undefined || existsSync(LOADERS[`${cpu} ${libc}`]);
  // Old versions of npm install the packages for both C libraries. Where no loader is in its usual place, what is there is tried.
  const loadable = fitting.some(isLoadable) ? fitting.filter(isLoadable) : fitting;
  const found = loadable.map(pathOf).find((path) => path !== undefined);
  if (found === undefined) failWithout(loadable[0].package);
  try {
    accessSync(found, constants.X_OK);
  } catch (error) {
    failToRun(found, error);
  }
  return found;
}

/** Where its executable is; undefined when it is not installed. */
function pathOf(build) {
  try {
    return createRequire(import.meta.url).resolve(`${build.package}/${build.executable}`);
  } catch {
    return undefined;
  }
}

function failWithout(name) {
  const others = builds.filter((build) => pathOf(build) !== undefined).map((build) => build.package);
  const again = `npm install --include=optional ckpt@${version}`;
  if (others.length > 0)
    fail(
      `${name} is not installed, but ${others.join(", ")} is: node_modules was made on another platform. Install again on this one: ${again}`,
      `未安装 ${name}，却装有 ${others.join("、")}：node_modules 是在其他平台上生成的。请在本机重新安装：${again}`,
    );
  fail(
    `${name} is not installed. It holds the program, and is an optional dependency because each platform has its own: --omit=optional and --no-optional leave it out, and so does a lockfile that was made on another platform. Install again: ${again}`,
    `未安装 ${name}。程序就在其中；各平台的包不同，所以它是可选依赖：--omit=optional、--no-optional 或其他平台生成的锁文件都会略过它。请重新安装：${again}`,
  );
}

function failToRun(path, { code, message }) {
  if (code === "EACCES" || code === "EPERM")
    fail(
      `cannot run ${path}: permission denied. Either the file has lost its permission (chmod +x), or its file system is mounted noexec`,
      `无法运行 ${path}：权限不足。可能是文件失去了执行权限（chmod +x），也可能是所在文件系统以 noexec 方式挂载`,
    );
  if (code === "ENOENT" && existsSync(path))
    fail(
      `cannot run ${path}: this system does not have the C library that it needs`,
      `无法运行 ${path}：本系统没有它所需的 C 库`,
    );
  fail(`cannot run ${path}: ${message}`, `无法运行 ${path}：${message}`);
}

function runAsChild(path) {
  const child = spawn(path, words, { stdio: "inherit", argv0: "ckpt" });
  // On Windows the console gives ^C to the child as well, and another signal would end it at once.
  for (const signal of SIGNALS) process.on(signal, () => platform === "win32" || child.kill(signal));
  const guard = platform === "win32" ? null : guardOf(child);
  if (isUnderRunner) endWithRunner(child);
  child.on("error", (error) => failToRun(path, error));
  child.on("exit", (code, signal) => {
    guard?.kill();
    if (signal === null) process.exit(code);
    for (const each of SIGNALS) process.removeAllListeners(each);
    process.kill(process.pid, signal);
  });
}

/** A shell that waits on a pipe which only this process holds: when this process is killed, the shell ends the child. On Windows the system does that. */
function guardOf({ pid }) {
  if (pid === undefined) return null;
  const guard = spawn("/bin/sh", ["-c", 'read -r _; kill -TERM "$1"', "sh", String(pid)], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  guard.on("error", () => {}); // without /bin/sh a run outlives a wrapper that is killed by -9, as it would without a guard
  guard.unref();
  return guard;
}

/** When the parent is gone that a runner started this process with, the runner was told to end. */
function endWithRunner(child) {
  const parent = process.ppid;
  const poll = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(poll);
    child.kill("SIGTERM");
  }, RUNNER_POLL_MS);
  poll.unref();
}
