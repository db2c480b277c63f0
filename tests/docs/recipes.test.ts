// The recipes: their commands, run one after the other as they stand, do what the page says.
import { expect, setDefaultTimeout, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { newFolder, read } from "../helpers/ckpt.ts";
import { mockEndpoint } from "../helpers/mock-endpoint.ts";
import { shell } from "../helpers/shell.ts";

setDefaultTimeout(120_000);

const ROOT = path.resolve(import.meta.dir, "../..");
const commandsOf = (name: string): string[] =>
  [...fs.readFileSync(path.join(ROOT, "docs/recipes", name), "utf8").matchAll(/```sh\n([^]*?)```/g)].map(
    (match) => (match[1] ?? "").trim(),
  );

test.each([
  ["folder-of-files.md", "300 new", "20 changed"],
  ["folder-of-files.zh.md", "300", "20"],
])("%s: of 300 files, 20 are edited, and 20 run again", async (page, begun, changed) => {
  const endpoint = await mockEndpoint();
  const folder = newFolder();
  const file = (n: number): string => path.join(folder, "docs", String(n % 7), `${n}.md`);
  for (let n = 0; n < 300; n++) {
    fs.mkdirSync(path.dirname(file(n)), { recursive: true });
    fs.writeFileSync(file(n), `# Page ${n}\n`);
  }
  const [first = "", look = "", again = ""] = commandsOf(page);
  const env = {
    OPENAI_API_KEY: "k",
    OPENAI_BASE_URL: endpoint.url,
    CKPT_LANG: page.includes("zh") ? "zh" : "en",
  };
  const ran = await shell(folder, first, env);
  expect({ code: ran.code, err: ran.err }).toMatchObject({ code: 0 });
  expect(ran.err).toContain(begun);
  expect(endpoint.asked).toHaveLength(300);
  for (let n = 0; n < 300; n += 15) fs.appendFileSync(file(n), "More.\n");
  const looked = await shell(folder, look, env);
  expect(looked.out).toContain(changed);
  expect(endpoint.asked).toHaveLength(300);
  expect((await shell(folder, again, env)).code).toBe(0);
  expect(endpoint.asked).toHaveLength(320);
  expect(read(folder, "summaries.jsonl").trim().split("\n")).toHaveLength(300);
  await endpoint.stop();
});
