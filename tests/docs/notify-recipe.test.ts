// docs/recipes/notify.md: its scripts, as they stand, tell a server on loopback, and a `mail` of the test.
// Needs jq, curl.
import { afterEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { ENV, newFolder, read, writeLines } from "../helpers/ckpt.ts";
import { shell } from "../helpers/shell.ts";

setDefaultTimeout(60_000);

const ROOT = path.resolve(import.meta.dir, "../..");
const commandsOf = (page: string): string[] =>
  [...fs.readFileSync(path.join(ROOT, "docs/recipes", page), "utf8").matchAll(/```sh\n([^]*?)```/g)].map(
    (match) => match[1] ?? "",
  );

let server: Bun.Server<undefined> | null = null;
afterEach(async () => {
  await server?.stop(true);
  server = null;
});

type Told = { readonly type: string | null; readonly body: unknown };

/** A webhook on loopback that answers with JSON. */
function webhook(answer: object): { readonly url: string; readonly told: Told[] } {
  const told: Told[] = [];
  server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: async (request) => {
      told.push({ type: request.headers.get("content-type"), body: await request.json() });
      return Response.json(answer);
    },
  });
  return { url: `http://127.0.0.1:${server.port}/hook`, told };
}

function folderWithQuestions(): string {
  const folder = newFolder();
  writeLines(folder, "questions.jsonl", ['{"n":1}', '{"n":2}']);
  return folder;
}

const PAGES = [
  ["notify.md", "ckpt: complete, 2/2 done, 0 failed"],
  ["notify.zh.md", "ckpt：complete，完成 2/2，失败 0"],
] as const;

describe.each(PAGES)("%s", (page, text) => {
  const [slack = "", feishu = "", dingtalk = "", mail = ""] = commandsOf(page);

  test.each([
    ["SLACK_WEBHOOK", slack, { ok: true }, { text }],
    ["FEISHU_WEBHOOK", feishu, { code: 0 }, { msg_type: "text", content: { text } }],
    ["DINGTALK_WEBHOOK", dingtalk, { errcode: 0 }, { msgtype: "text", text: { content: text } }],
  ])("%s gets its message", async (variable, commands, answer, body) => {
    const { url, told } = webhook(answer);
    const ran = await shell(folderWithQuestions(), commands, { [variable]: url });
    expect({ code: ran.code, err: ran.err }).toEqual({
      code: 0,
      err: expect.not.stringContaining("--notify failed"),
    });
    expect(told).toEqual([{ type: "application/json", body }]);
  });

  test.each([
    ["FEISHU_WEBHOOK", feishu, { code: 19_001, msg: "param invalid" }],
    ["DINGTALK_WEBHOOK", dingtalk, { errcode: 310_000, errmsg: "keywords not in content" }],
  ])("%s: a message that was refused is seen", async (variable, commands, answer) => {
    const { url } = webhook(answer);
    const ran = await shell(folderWithQuestions(), commands, { [variable]: url });
    expect({ code: ran.code, err: ran.err }).toEqual({
      code: 0,
      err: expect.stringContaining("--notify failed"),
    });
  });

  test("mail gets a subject and the summary", async () => {
    const folder = folderWithQuestions();
    const bin = path.join(folder, "bin");
    fs.mkdirSync(bin);
    fs.writeFileSync(path.join(bin, "mail"), `#!/bin/sh\nprintf '%s\\n' "$@" > words; cat > body\n`, {
      mode: 0o755,
    });
    const script = `PATH='${bin}':"$PATH"\nexport PATH\n${mail}`;
    const ran = await shell(folder, script, { MAIL_TO: "you@example.com", LANG: ENV["LANG"] ?? "" });
    expect({ code: ran.code, err: ran.err }).toMatchObject({ code: 0 });
    expect(read(folder, "words")).toBe(`-s\n${text}\nyou@example.com\n`);
    expect(JSON.parse(read(folder, "body"))).toMatchObject({ outcome: "complete", completed: 2 });
  });
});
