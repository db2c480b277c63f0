// Variables that libraries and the runtime read by themselves: they change no request, print nothing of it, and what of them is heeded is checked before the
// first request.
import { afterEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { ckpt, newFolder, type Ran, writeLines } from "../helpers/ckpt.ts";
import { type MockEndpoint, mockEndpoint } from "../helpers/mock-endpoint.ts";

setDefaultTimeout(60_000);

const KEY = "sk-from-the-file-0123456789";

let mock: MockEndpoint | null = null;
afterEach(async () => {
  await mock?.stop();
  mock = null;
});

async function serve(): Promise<MockEndpoint> {
  mock = await mockEndpoint();
  return mock;
}

/** Runs one item with the key in a file. */
function ask(
  folder: string,
  url: string,
  env: Record<string, string>,
  more: readonly string[] = [],
): Promise<Ran> {
  writeLines(folder, "q.jsonl", ['{"question":"?"}']);
  fs.writeFileSync(path.join(folder, "key"), `${KEY}\n`);
  const given = `run q.jsonl --model m --prompt {question} --base-url ${url} --api-key-file key -q --progress none`;
  return ckpt(folder, [...given.split(" "), ...more], env);
}

describe("no request is changed, and nothing of it printed, by", () => {
  test.each([
    ["OPENAI_CUSTOM_HEADERS", "Authorization: Bearer other-0123456789\nX-Secret: topsecret-0123456789"],
    ["OPENAI_CUSTOM_HEADERS", "X-Title: 测试\nnot a header"],
    ["OPENAI_API_KEY", "sk-another-0123456789"],
    ["OPENAI_ADMIN_KEY", "sk-admin-0123456789"],
    ["OPENAI_BASE_URL", "http://127.0.0.1:9/elsewhere"],
    ["OPENAI_LOG", "debug"],
    ["OPENAI_WEBHOOK_SECRET", "whsec-0123456789"],
    ["AZURE_OPENAI_API_KEY", "azure-0123456789"],
    ["BUN_CONFIG_VERBOSE_FETCH", "curl"],
    ["BUN_CONFIG_VERBOSE_FETCH", "1"],
    ["NODE_DEBUG", "http,net,fetch"],
    ["DEBUG", "*"],
  ])("%s=%j", async (name, value) => {
    const { url, asked } = await serve();
    await ask(newFolder(), url, {});
    const ran = await ask(newFolder(), url, { [name]: value });
    expect([ran.code, ran.out, ran.err]).toEqual([0, "", ""]);
    const [plain, other] = asked;
    expect(other?.headers).toEqual({ ...plain?.headers });
    expect(other?.path).toBe("/v1/chat/completions");
    expect(other?.headers.authorization).toBe(`Bearer ${KEY}`);
  });
});

test("OPENAI_ORG_ID and OPENAI_PROJECT_ID are sent; blank ones are none", async () => {
  const { url, asked } = await serve();
  await ask(newFolder(), url, { OPENAI_ORG_ID: " org-1 ", OPENAI_PROJECT_ID: "proj-1" });
  await ask(newFolder(), url, { OPENAI_ORG_ID: " ", OPENAI_PROJECT_ID: "" });
  expect(asked.map(({ headers }) => [headers["openai-organization"], headers["openai-project"]])).toEqual([
    ["org-1", "proj-1"],
    [undefined, undefined],
  ]);
});

describe("refused before the first request, with the variable's name:", () => {
  test.each<[name: string, value: string, scheme: string]>([
    ["OPENAI_ORG_ID", "组织", "http"],
    ["OPENAI_PROJECT_ID", "a\nb", "http"],
    ["BUN_CONFIG_MAX_HTTP_REQUESTS", "many", "http"],
    ["BUN_CONFIG_MAX_HTTP_REQUESTS", "0", "http"],
    ["BUN_CONFIG_MAX_HTTP_REQUESTS", "65536", "http"],
    ["NODE_EXTRA_CA_CERTS", "no-such-file.pem", "https"],
    ["NODE_EXTRA_CA_CERTS", "q.jsonl", "https"],
  ])("%s=%j (%s)", async (name, value, scheme) => {
    const { port, asked } = await serve();
    for (const lang of ["en", "zh"]) {
      const folder = newFolder();
      const ran = await ask(folder, `${scheme}://127.0.0.1:${port}/v1`, { [name]: value }, ["--lang", lang]);
      expect(ran.code).toBe(2);
      expect(ran.err).toContain(name);
      expect(ran.err).not.toContain("Warning");
      expect(fs.existsSync(path.join(folder, "checkpoints"))).toBe(false);
    }
    expect(asked.length).toBe(0);
  });
});

test.each([
  ["en", "certificates are not checked"],
  ["zh", "不校验证书"],
])("that certificates are not checked is said (%s)", async (lang, said) => {
  const env = { NODE_TLS_REJECT_UNAUTHORIZED: "0", OPENAI_API_KEY: KEY };
  const folder = newFolder();
  writeLines(folder, "q.jsonl", ['{"question":"?"}']);
  const given = "run q.jsonl --model m --prompt {question} --dry-run --base-url".split(" ");
  expect((await ckpt(folder, [...given, "https://127.0.0.1:9/v1", "--lang", lang], env)).err).toContain(said);
  expect((await ckpt(folder, [...given, "http://127.0.0.1:9/v1", "--lang", lang], env)).err).toBe("");
});
