// Test files that have a full form, as methods of proof: every place where install.sh can be cut off, every kind of Node that the wrapper of npm may run in.
import * as fs from "node:fs";
import * as path from "node:path";
import { defaultCacheFolder } from "../../scripts/release/runtimes.ts";
import type { Figures, Method, Size } from "../crash/figures.ts";
import { ENV, newFolder } from "../helpers/ckpt.ts";
import { parseReport } from "../helpers/junit.ts";

const ROOT = path.resolve(import.meta.dir, "../..");
const TIMEOUT_MS = 600_000;
/** The oldest that is supported, the last ones that start a child, and those that become the executable. */
const NODES = ["18", "20", "22", "24"];

export const installScript: Method = (size) =>
  inFull("install.sh", "tests/release/install.test.ts", size, []);

export const npmWrapper: Method = async (size) => {
  const found = size === "full" ? await Promise.all(NODES.map(nodeOf)) : [];
  const nodes = found.filter((file) => file !== undefined);
  const missing = NODES.filter((_version, index) => found[index] === undefined && size === "full");
  const figures = await inFull("the wrapper of npm", "tests/release/npm.test.ts", size, nodes);
  return { ...figures, skipped: missing.map((version) => `Node ${version} cannot be had from npm`) };
};

/** Runs a test file to its end, in that size. */
export async function inFull(
  method: string,
  file: string,
  size: Size,
  nodes: readonly string[],
): Promise<Figures> {
  const report = path.join(newFolder(), "junit.xml");
  const words = [`--timeout=${TIMEOUT_MS}`, "--reporter=junit", `--reporter-outfile=${report}`, `./${file}`];
  const child = Bun.spawn([process.execPath, "test", ...words], {
    cwd: ROOT,
    env: { ...ENV, CKPT_TEST_RELEASE: size, CKPT_TEST_NODES: nodes.join(":") },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const [said, code] = await Promise.all([child.stderr.text(), child.exited]);
  if (!fs.existsSync(report))
    return { method, figures: {}, faults: [`bun test ended with ${code}: ${said}`] };
  const { tests, failures, failed } = parseReport(fs.readFileSync(report, "utf8"));
  return {
    method,
    figures: {
      tests,
      passed: tests - failures,
      ...(nodes.length === 0 ? {} : { "versions of Node": nodes.length }),
    },
    faults: [
      ...failed.map(({ name, text }) => `${name}: ${text}`),
      ...(code !== 0 && failures === 0 ? [`bun test ended with ${code}: ${said}`] : []),
    ],
  };
}

/** A version of Node for this machine, from npm, kept beside the runtimes of releases; undefined where it cannot be had. */
async function nodeOf(version: string): Promise<string | undefined> {
  const folder = path.join(defaultCacheFolder(), `node-${version}`);
  const name = `node-${process.platform}-${process.arch}`;
  const file = path.join(folder, "node_modules", name, "bin/node");
  if (fs.existsSync(file)) return file;
  fs.mkdirSync(folder, { recursive: true });
  const words = ["install", "--no-save", "--no-audit", "--no-fund", "--prefix", folder, `${name}@${version}`];
  const child = Bun.spawn(["npm", ...words], {
    cwd: folder,
    env: process.env,
    stdio: ["ignore", "ignore", "ignore"],
  });
  return (await child.exited) === 0 && fs.existsSync(file) ? file : undefined;
}
