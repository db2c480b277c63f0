// What a release holds is what people get: install.sh and npm install it from the loopback, and the program that they install does a job.
import * as fs from "node:fs";
import * as path from "node:path";
import { archiveName, type Target } from "../../scripts/release/targets.ts";
import type { NpmPackage } from "../../scripts/release/npm-packages.ts";
import type { Figures, Size } from "../crash/figures.ts";
import { ENV, newFolder, writeLines } from "../helpers/ckpt.ts";
import { NpmRegistry } from "../helpers/npm-registry.ts";
import { ReleaseServer } from "../helpers/release-server.ts";
import { type Builds, TEST_KEY, twoBuilds } from "./builds.ts";

const METHOD = "a release, installed";

export async function installed(size: Size): Promise<Figures> {
  const builds = await twoBuilds(size);
  const own = builds.targets.find(isOwn);
  if (own === undefined)
    return {
      method: METHOD,
      figures: {},
      faults: [],
      skipped: ["the release has no build for this machine"],
    };
  const byScript = await installByScript(builds);
  const byNpm = await installByNpm(builds);
  const faults = [...byScript.faults, ...byNpm.faults];
  const megabytes = fs.statSync(path.join(builds.folders[0], archiveName(own))).size / 1e6;
  return {
    method: METHOD,
    figures: {
      ways: 2,
      "files of install.sh": byScript.files,
      "megabytes downloaded": Math.round(megabytes),
    },
    faults,
  };
}

function isOwn({ npm }: Target): boolean {
  return npm.os === process.platform && npm.cpu === process.arch && npm.libc !== "musl";
}

async function installByScript({ folders, version }: Builds): Promise<{ files: number; faults: string[] }> {
  await using server = await ReleaseServer.start();
  for (const name of fs.readdirSync(folders[0]))
    server.files.set(`latest/download/${name}`, fs.readFileSync(path.join(folders[0], name)));
  const home = newFolder();
  const script = `curl -fsSL ${server.url}/latest/download/install.sh | CKPT_BASE_URL=${server.url} sh`;
  const { code, said } = await run(["sh", "-c", script], home, {
    HOME: home,
    CKPT_INSTALL: path.join(home, ".local/bin"),
    CKPT_PUBLIC_KEY: TEST_KEY.public,
  });
  if (code !== 0 || !said.includes("signature: good"))
    return { files: 0, faults: [`install.sh ended with ${code}: ${said}`] };
  const files = fs
    .readdirSync(home, { recursive: true, encoding: "utf8" })
    .filter((name) => fs.statSync(path.join(home, name)).isFile());
  return { files: files.length, faults: await faultsOf(path.join(home, ".local/bin/ckpt"), version) };
}

async function installByNpm({ folders, version }: Builds): Promise<{ faults: string[] }> {
  await using registry = await NpmRegistry.start();
  registry.publish(await packagesIn(folders[0]));
  const project = newFolder();
  fs.writeFileSync(path.join(project, "package.json"), "{}");
  const env = { npm_config_registry: registry.url, npm_config_cache: newFolder() };
  const { code, said } = await run(["npm", "install", "--no-audit", "--no-fund", "ckpt"], project, env);
  if (code !== 0) return { faults: [`npm ended with ${code}: ${said}`] };
  return { faults: await faultsOf(path.join(project, "node_modules/.bin/ckpt"), version) };
}

async function packagesIn(folder: string): Promise<readonly NpmPackage[]> {
  const packages: NpmPackage[] = [];
  for (const fileName of fs.readdirSync(folder).filter((name) => name.endsWith(".tgz"))) {
    const bytes = fs.readFileSync(path.join(folder, fileName));
    const file = (await new Bun.Archive(bytes).files("package/package.json")).get("package/package.json");
    const manifest = (await file?.json()) as NpmPackage["manifest"];
    packages.push({ name: String(manifest["name"]), manifest, fileName, bytes });
  }
  return packages;
}

/** What is wrong with a program that was installed. */
async function faultsOf(program: string, version: string): Promise<string[]> {
  const folder = newFolder();
  writeLines(folder, "items.txt", ["a", "b"]);
  const script = `test "$("$0" --version)" = "ckpt ${version}" && "$0" run items.txt -q -o - -- cat >out && test "$(wc -l <out)" -eq 2`;
  const { code, said } = await run(["sh", "-c", script, program], folder, {});
  return code === 0 ? [] : [`${program} ended with ${code}: ${said}`];
}

async function run(
  argv: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<{ code: number; said: string }> {
  const child = Bun.spawn([...argv], { cwd, env: { ...ENV, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  const [out, err, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  return { code, said: out + err };
}
