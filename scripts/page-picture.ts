// `bun scripts/page-picture.ts`: makes docs/view.png and docs/view.zh.png, the page of `ckpt view` beside a run against the mock endpoint (examples/mock-endpoint.ts).
// Needs chromium-headless-shell and dist/ckpt (`bun run build`). Nothing else needs this script.
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { chromium } from "playwright-core";

const ROOT = path.resolve(import.meta.dir, "..");
const CKPT = path.join(ROOT, "dist/ckpt");
const SIZE = { width: 1180, height: 820 };
/** How much of the job is done when the picture is taken. */
const SHARE = 0.7;
const LOOK_MS = 250;

const LANGUAGES = [
  { language: "en", locale: "en", picture: "docs/view.png" },
  { language: "zh", locale: "zh-CN", picture: "docs/view.zh.png" },
] as const;

/** The first line that a program prints. */
async function firstLine(stream: ReadableStream<Uint8Array>): Promise<string> {
  const reader = stream.getReader();
  let text = "";
  while (!text.includes("\n")) {
    const { value, done } = await reader.read();
    if (done) throw new Error("a program ended before it had said where it is");
    text += Buffer.from(value).toString();
  }
  return text.slice(0, text.indexOf("\n"));
}

/** Waits until so much of the job is done. */
async function untilDone(folder: string, share: number): Promise<void> {
  for (;;) {
    const { stdout } = Bun.spawnSync([CKPT, "info", "--json"], { cwd: folder });
    const { percent } = JSON.parse(stdout.toString() || "{}") as { percent?: number };
    if (percent !== undefined && percent >= share * 100) return;
    await Bun.sleep(LOOK_MS);
  }
}

async function takePicture({ language, locale, picture }: (typeof LANGUAGES)[number]): Promise<void> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "demo-"));
  fs.copyFileSync(path.join(ROOT, "examples/questions.jsonl"), path.join(folder, "questions.jsonl"));
  const env = { ...process.env, CKPT_LANG: language, HOME: folder };
  const spawn = (argv: readonly string[]): Bun.Subprocess<"ignore", "pipe", "ignore"> =>
    Bun.spawn([...argv], { cwd: folder, env, stdin: "ignore", stdout: "pipe", stderr: "ignore" });
  const server = spawn([process.execPath, path.join(ROOT, "examples/mock-endpoint.ts"), "--serve"]);
  const baseUrl = await firstLine(server.stdout);
  const question = ["--prompt", "{question}", "--stream", "--param", "max_tokens=22", "--fail-on", "length"];
  const prices = ["--price-in", "0.15", "--price-out", "0.6"];
  const model = ["--model", "mock", "--base-url", baseUrl, ...question, ...prices];
  const run = spawn([CKPT, "run", "questions.jsonl", "--id", "id", ...model, "--batch-size", "1"]);
  await untilDone(folder, 0);
  const view = spawn([CKPT, "view", "-q"]);
  const browser = await chromium.launch({ executablePath: Bun.which("chromium-headless-shell") ?? "" });
  try {
    const page = await browser.newPage({ viewport: SIZE, locale, deviceScaleFactor: 1 });
    await page.goto(await firstLine(view.stdout));
    await untilDone(folder, SHARE);
    await page.screenshot({ path: path.join(ROOT, picture) });
    console.log(`${picture}: ${Math.ceil(fs.statSync(path.join(ROOT, picture)).size / 1000)} kB`);
  } finally {
    await browser.close();
    for (const child of [run, view, server]) {
      child.kill();
      await child.exited;
    }
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

for (const each of LANGUAGES) await takePicture(each);
