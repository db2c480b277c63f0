// Headers and base URLs of an endpoint: what is sent, what is refused before the first request, and that secrets among them stand in no file and on no
// screen. The compiled executable against a mock endpoint on loopback.
import { afterEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { ckpt, newFolder, type Ran, read, writeLines } from "../helpers/ckpt.ts";
import { type MockEndpoint, mockEndpoint, type Reply } from "../helpers/mock-endpoint.ts";

setDefaultTimeout(60_000);

const KEY = "sk-test-0123456789abcdef";
const SECRET = "gw-9f8e7d6c5b4a39281706";

let mock: MockEndpoint | null = null;
afterEach(async () => {
  await mock?.stop();
  mock = null;
});

async function serve(reply: Reply = { kind: "answer", content: "ok" }): Promise<MockEndpoint> {
  mock = await mockEndpoint({ reply: () => reply });
  return mock;
}

function newJob(): string {
  const folder = newFolder();
  writeLines(folder, "q.jsonl", ['{"question":"?"}']);
  return folder;
}

const ENV = { OPENAI_API_KEY: KEY, GATEWAY_KEY: SECRET };

function ask(
  folder: string,
  url: string,
  more: readonly string[] = [],
  env: Record<string, string> = ENV,
): Promise<Ran> {
  const given = "run q.jsonl --model m --prompt {question} --retries 0 --progress plain".split(" ");
  return ckpt(folder, [...given, ...(url === "" ? [] : ["--base-url", url]), ...more], env);
}

function contents(folder: string): string {
  const names = fs.readdirSync(folder, { recursive: true, encoding: "utf8" });
  const files = names.filter((name) => fs.statSync(path.join(folder, name)).isFile());
  return files.map((name) => fs.readFileSync(path.join(folder, name), "latin1")).join("\n");
}

describe("--header and --header-env", () => {
  test("are sent with every request, beside the key, in the place of ckpt's own headers of that name", async () => {
    const { url, asked } = await serve();
    const headers = [
      "-H",
      "X-Title: Ein Café : 1",
      "--header",
      "user-agent:  mine ",
      "-H",
      "Content-Type: application/json; charset=utf-8",
      "-H",
      "Accept-Encoding: identity",
      "--header-env",
      "X-Gateway=GATEWAY_KEY",
    ];
    expect((await ask(newJob(), url, headers)).code).toBe(0);
    const sent = asked[0]?.headers;
    expect(Buffer.from(String(sent?.["x-title"]), "latin1").toString("latin1")).toBe("Ein Café : 1");
    expect(sent?.["user-agent"]).toBe("mine");
    expect(sent?.["content-type"]).toBe("application/json; charset=utf-8");
    expect(sent?.["accept-encoding"]).toBe("identity");
    expect(sent?.["x-gateway"]).toBe(SECRET);
    expect(sent?.authorization).toBe(`Bearer ${KEY}`);
  });

  test("none of them: the user agent is ckpt with its version", async () => {
    const { url, asked } = await serve();
    const folder = newJob();
    expect((await ask(folder, url)).code).toBe(0);
    const version = (await ckpt(folder, ["--version"])).out.trim();
    expect(asked[0]?.headers["user-agent"]).toBe(`ckpt/${version.replace(/^ckpt /, "")}`);
  });

  test("a content type decides nothing about the body", async () => {
    const { url, asked } = await serve();
    const type = "application/x-www-form-urlencoded";
    expect((await ask(newJob(), url, ["-H", `Content-Type: ${type}`])).code).toBe(0);
    expect(asked[0]?.headers["content-type"]).toBe(type);
    expect(asked[0]?.body).toMatchObject({ model: "m", messages: [{ role: "user", content: "?" }] });
  });

  test("authorization or api-key from a variable stands in the place of the key, and none is needed then", async () => {
    const { url, asked } = await serve();
    await ask(newJob(), url, ["--header-env", "Authorization=GATEWAY_KEY"]);
    await ask(newJob(), url, ["--header-env", "api-key=GATEWAY_KEY"]);
    await ask(newJob(), url, ["--header-env", "api-key=GATEWAY_KEY"], { GATEWAY_KEY: `${SECRET}\n` });
    expect(asked.map(({ headers }) => [headers.authorization, headers["api-key"]])).toEqual([
      [SECRET, undefined],
      [undefined, SECRET],
      [undefined, SECRET],
    ]);
  });

  test("a secret of the environment is in no file and on no screen, whatever echoes it; a literal value is on record", async () => {
    const echo = `you sent ${SECRET} and "Bearer ${SECRET}", ${KEY}, org-0123456789abcdef`;
    const replies: Reply[] = [
      { kind: "answer", content: echo },
      { kind: "status", status: 400, error: { message: echo } },
      { kind: "status", status: 403, error: `<p>${echo.replaceAll("-", "\\u002d")}</p>` },
    ];
    for (const reply of replies) {
      const server = await serve(reply);
      const { url } = server;
      const folder = newJob();
      const env = { ...ENV, TOKEN: `Bearer ${SECRET}`, OPENAI_ORG_ID: "org-0123456789abcdef" };
      const headers = [
        "-H",
        "X-Title: evaluation",
        "--header-env",
        "X-Gateway-Token=TOKEN",
        "--answer",
        "full",
      ];
      const dry = await ask(folder, url, [...headers, "--dry-run"], env);
      const ran = await ask(folder, url, [...headers, "--json"], env);
      const info = await ckpt(folder, ["info", "--json"], env);
      const all = `${dry.out}${dry.err}${ran.out}${ran.err}${info.out}${info.err}${contents(folder)}`;
      expect(dry.out).toContain("x-title: evaluation");
      expect(dry.out).toContain("x-gateway-token: [TOKEN]");
      expect(all).toContain("[key]");
      for (const secret of [SECRET, KEY, "0123456789abcdef"]) expect(all.includes(secret)).toBe(false);
      expect(contents(folder)).toContain('"name":"header:x-title"');
      expect(contents(folder)).not.toContain("x-gateway-token");
      await server.stop();
    }
  });

  test("a changed literal value makes another fingerprint, a secret one does not", async () => {
    mock = await mockEndpoint({
      reply: ({ prompt }) => (prompt === "?" ? { kind: "status", status: 400 } : { kind: "answer" }),
    });
    const { url } = mock;
    const folder = newJob();
    writeLines(folder, "q.jsonl", ['{"question":"?"}', '{"question":"!"}']);
    const env = { ...ENV, OTHER_KEY: "gw-1122334455667788" };
    expect((await ask(folder, url, ["-H", "X-A: 1", "--header-env", "x-key=GATEWAY_KEY"], env)).code).toBe(3);
    expect((await ask(folder, url, ["-H", "x-a: 1", "--header-env", "x-key=OTHER_KEY"], env)).code).toBe(3);
    const changed = await ask(folder, url, ["-H", "X-A: 2"], env);
    expect(changed.code).toBe(12);
    expect(changed.err).toContain("header x-a");
  });

  test("what a run without headers has made is the same job as before there were any", async () => {
    const { url } = await serve({ kind: "status", status: 400 });
    const folder = newJob();
    await ask(folder, url);
    const { fingerprint } = JSON.parse(read(folder, "checkpoints/processing_status.json")) as {
      readonly fingerprint: { readonly parts: readonly { readonly name: string; readonly value: string }[] };
    };
    expect(fingerprint.parts.map(({ name, value }) => [name, value])).toEqual([
      ["kind", "endpoint"],
      ["model", "m"],
      ["base_url", url],
      ["prompt", "{question}"],
      ["answer", "text"],
      ["fail-on", ""],
      ["parse", "text"],
    ]);
  });

  const REFUSED: readonly (readonly [what: string, args: readonly string[], en: string, zh: string])[] = [
    ["no colon", ["-H", `Authorization ${SECRET}`], "Authorization…", "Authorization…"],
    ["no name", ["-H", `: ${SECRET}`], "'NAME: VALUE'", "'NAME: VALUE'"],
    ["a blank in the name", ["-H", "X Title: a"], "X…", "X…"],
    ["no value", ["-H", "X-Title:"], "X-Title…", "X-Title…"],
    ["a line end", ["-H", "X-Title: a\nX-Other: b"], "--header x-title", "--header x-title"],
    ["letters beyond Latin-1", ["-H", "X-Title: 测试"], "Latin-1", "Latin-1"],
    [
      "a secret in the open",
      ["-H", `Authorization: Bearer ${SECRET}`],
      "--header-env authorization=VARIABLE",
      "--header-env authorization=VARIABLE",
    ],
    [
      "a cookie in the open",
      ["-H", `Cookie: a=${SECRET}`],
      "--header-env cookie=VARIABLE",
      "--header-env cookie=VARIABLE",
    ],
    [
      "a token in the open",
      ["-H", `X-My-Token: ${SECRET}`],
      "--header-env x-my-token=VARIABLE",
      "--header-env x-my-token=VARIABLE",
    ],
    ["ckpt's own", ["-H", "Content-Length: 3"], "content-length", "content-length"],
    [
      "the connection's",
      ["--header-env", "Transfer-Encoding=GATEWAY_KEY"],
      "transfer-encoding",
      "transfer-encoding",
    ],
    ["the same twice", ["-H", "X-A: 1", "--header-env", "x-a=GATEWAY_KEY"], "more than once", "x-a"],
    ["no variable", ["--header-env", "api-key"], "NAME=VARIABLE", "NAME=VARIABLE"],
    ["a value for a variable", ["--header-env", `api-key=${SECRET}`], "api-key…", "api-key…"],
    [
      "a variable that is not set",
      ["--header-env", "api-key=NOT_SET"],
      "no variable NOT_SET is set",
      "没有设置环境变量 NOT_SET",
    ],
    [
      "a variable that is blank",
      ["--header-env", "api-key=BLANK"],
      "no variable BLANK is set",
      "没有设置环境变量 BLANK",
    ],
    ["a variable of two lines", ["--header-env", "api-key=LINES"], "Cannot use LINES", "无法使用 LINES"],
    [
      "two keys",
      ["--header-env", "api-key=GATEWAY_KEY", "--api-key-file", "key"],
      "--api-key-file and --header-env api-key",
      "--api-key-file",
    ],
    ["a header without a model", ["-H", "X-A: 1"], "--model", "--model"],
  ];
  test.each(
    REFUSED.flatMap(([what, args, en, zh]) => [
      [what, "en", args, en] as const,
      [what, "zh", args, zh] as const,
    ]),
  )("%s is refused before the first request (%s)", async (what, lang, args, said) => {
    const { url, asked } = await serve();
    const folder = newJob();
    fs.writeFileSync(path.join(folder, "key"), KEY);
    const env = { ...ENV, BLANK: " ", LINES: `${SECRET}\nx` };
    const ran = what.endsWith("without a model")
      ? await ckpt(folder, ["run", "q.jsonl", ...args, "--lang", lang, "--", "cat"], env)
      : await ask(folder, url, [...args, "--lang", lang], env);
    expect(ran.code).toBe(2);
    expect(ran.err).toContain(said);
    expect(ran.err.includes(SECRET)).toBe(false);
    expect(asked.length).toBe(0);
    expect(fs.existsSync(path.join(folder, "checkpoints"))).toBe(false);
  });
});

describe("the base URL", () => {
  const PATH = "/v1/chat/completions";
  test.each<[what: string, edit: (url: string) => string, path: string]>([
    ["blanks round it", (url) => ` ${url}\t`, PATH],
    ["slashes at its end", (url) => `${url}//`, PATH],
    ["a query", (url) => `${url}/?api-version=2024-10-21&x=%2F`, `${PATH}?api-version=2024-10-21&x=%2F`],
  ])("may have %s, as an option and in the environment", async (_, edit, asked) => {
    const server = await serve();
    expect((await ask(newJob(), edit(server.url))).code).toBe(0);
    const env = { ...ENV, OPENAI_BASE_URL: edit(server.url) };
    expect((await ask(newJob(), "", [], env)).code).toBe(0);
    expect(server.asked.map(({ path: sent }) => sent)).toEqual([asked, asked]);
  });

  test.each([
    ["en", "/chat/completions is removed from its end"],
    ["zh", "末尾的 /chat/completions 已去掉"],
  ])("may be that of the requests, with a note (%s), and is the same job then", async (lang, note) => {
    const { url, asked } = await serve();
    const folder = newJob();
    const ran = await ask(folder, `${url}/chat/completions/`, ["--lang", lang]);
    expect(ran.code).toBe(0);
    expect(ran.err).toContain(note);
    expect(ran.err).toContain(url);
    const again = await ask(folder, url, ["--json", "--lang", lang]);
    expect(JSON.parse(again.out)).toMatchObject({ outcome: "already_complete" });
    expect(again.err).not.toContain(note);
    expect(asked.map(({ path: sent }) => sent)).toEqual([PATH]);
  });

  test("of Azure takes the key as api-key, or a token by --header-env", async () => {
    const { port, asked } = await serve();
    const url = `http://127.0.0.1:${port}/openai/deployments/gpt?api-version=2024-10-21`;
    expect((await ask(newJob(), url)).code).toBe(0);
    expect((await ask(newJob(), url, ["--header-env", "api-key=GATEWAY_KEY"])).code).toBe(0);
    const env = { ...ENV, ENTRA: `Bearer ${SECRET}` };
    expect((await ask(newJob(), url, ["--header-env", "authorization=ENTRA"], env)).code).toBe(0);
    expect(asked.map(({ headers }) => [headers["api-key"], headers.authorization])).toEqual([
      [KEY, undefined],
      [SECRET, undefined],
      [undefined, `Bearer ${SECRET}`],
    ]);
    expect(new Set(asked.map(({ path: sent }) => sent))).toEqual(
      new Set(["/openai/deployments/gpt/chat/completions?api-version=2024-10-21"]),
    );
  });

  test.each<[what: string, url: string, en: string, zh: string]>([
    ["a fragment", "http://127.0.0.1:9/v1#part", '"http://127.0.0.1:9/v1#…"', "http://127.0.0.1:9/v1#…"],
    ["no scheme", "127.0.0.1:9/v1", "http://HOST/v1", "http://HOST/v1"],
    ["another scheme", "ftp://127.0.0.1/v1", "http://HOST/v1", "http://HOST/v1"],
    ["a password", `http://me:${SECRET}@127.0.0.1:9/v1`, "a URL with a password", "含有密码的地址"],
    ["a secret in its query", `http://127.0.0.1:9/v1?key=${SECRET}`, '"key" is a secret', "“key”是机密"],
  ])("may not have %s, whatever it comes from", async (_, url, en, zh) => {
    for (const [lang, said] of [
      ["en", en],
      ["zh", zh],
    ] as const) {
      const option = await ask(newJob(), url, ["--lang", lang]);
      const variable = await ask(newJob(), "", ["--lang", lang], { ...ENV, OPENAI_BASE_URL: url });
      expect([option.code, variable.code]).toEqual([2, 2]);
      expect(option.err).toContain(said);
      expect(option.err).toContain("--base-url");
      expect(variable.err).toContain("OPENAI_BASE_URL");
      expect(`${option.err}${variable.err}`.includes(SECRET)).toBe(false);
    }
  });
});
