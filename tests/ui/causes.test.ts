// What the rooms below say in English is Chinese on a Chinese screen: every sentence in their source has its Chinese, and every Chinese its sentence.
import { describe, expect, test } from "bun:test";
import { causes as english } from "../../lib/ui/messages/causes/en.ts";
import { PHRASES } from "../../lib/ui/messages/causes/phrases-zh.ts";
import { causes } from "../../lib/ui/messages/causes/zh.ts";
import { sources, sourceTexts } from "../helpers/source-texts.ts";

const ROOMS = ["io", "input", "processors", "checkpoint", "run", "output"].map((room) => `lib/${room}`);

/** Words of the runtime, which are in no source of ours. */
const OF_THE_RUNTIME =
  /JSON Parse|^Un|^Expected|^Property|^Single quotes|^self signed|^file is not a database|^database (?:disk|is)|^no such (?:table|column)|^certificate has expired|^(?:\{\} )?must /;

/** Sentences that nobody reads: statements of SQL, requests, assertions, tables for the docs. */
const UNSEEN = [
  /^PRAGMA /,
  /^GET \/ HTTP/,
  /^trap '' /,
  /^ulimit /,
  /^exec /,
  /^(?:regular file|commit thread|rate limit|disk full|gzip, br, zstd)$/,
  // A part of a sentence, which stands with the value that was found
  /^must be (?:one of )?\{\}$|^\{\}, found \{\}$/,
  // Of assertions
  /^(?:a value is refused|no rule for|a prompt for|a call is for|a group |each item of a group|messages for|no record at|no window in slot|no column for|a response of another request|a child without|\{\}: rows were passed over|a verified record|a record of version|a log of version|the log is not what)/,
  /^process\(\) before open/,
  /^the status of the answer is that of an error$/,
  /^\{\} is \{\}$/,
  // Of an item without a field that every item must have: nothing is begun then.
  /^lacks /,
  /^the record does not fit/,
  // Of refusals of HTTP, which programs read (docs/live.md)
  /^(?:expected a request of HTTP\/1\.1|the body is too large$|the head is larger than|the request could not be answered$)/,
];
const TABLES =
  /input\/foreign-formats\.ts$|processors\/endpoint\/(?:endpoint-rules|finish-reasons|words\/.*)\.ts$/;

const letters = (text: string): string => text.replace(/^[^A-Za-z]+|[^A-Za-z]+$/g, "");

/** At least two words, one of them in small letters, and nothing that names code, a file or an option alone. */
function isSentence(text: string): boolean {
  return /(?:^|[ :])[a-z]{2,}(?:'s)? (?:\{\}|[a-z])|\{\} [a-z]{2,} /.test(text) && !/^\s|;$|=|\n/.test(text);
}

describe("sentences of the rooms below", () => {
  test("are Chinese on a Chinese screen", () => {
    const said = ROOMS.flatMap((room) => sourceTexts(room))
      .filter(({ file, text }) => isSentence(text) && !TABLES.test(file))
      .filter(({ text }) => !UNSEEN.some((unseen) => unseen.test(text)));
    expect(said.length).toBeGreaterThan(60);
    const missing = said.filter(({ text }) => {
      // Words in front of a code stand in brackets behind them.
      const forms = [text, `${text} (CODE)`, `${text} (--parse json)`, `${text}: x`].flatMap((form) => [
        form.replaceAll("{}", "7"),
        form.replaceAll("{}", ""),
      ]);
      return forms.every((form) => !/\p{Script=Han}/u.test(causes.text(form)));
    });
    expect(missing).toEqual([]);
  });

  test("are in the source as the Chinese texts have them", () => {
    const rooms = ["lib/core", "lib/cli", "lib/job", ...ROOMS];
    const texts = rooms.flatMap((room) => sourceTexts(room)).map(({ text }) => text);
    const code = [...texts, ...rooms.flatMap((room) => sources(room)).map((it) => it.code)].join("\n");
    const gone = PHRASES.map(([phrase]) => phrase)
      .filter((phrase) => !OF_THE_RUNTIME.test(phrase))
      .filter((phrase) =>
        phrase.split(/\{\}| \(--parse json\)/).some((part) => !code.includes(letters(part))),
      );
    expect(gone).toEqual([]);
  });
});

describe("causes in Chinese", () => {
  test.each([
    ["exit status 3", "退出状态 3"],
    ["exit status 3: no luck", "退出状态 3：no luck"],
    ["ENOENT: no such file or directory, open 'q'", "文件或目录不存在（ENOENT：open 'q'）"],
    ["EACCES: permission denied", "没有权限（EACCES）"],
    ["python: EACCES: permission denied, posix_spawn", "python：没有权限（EACCES：posix_spawn）"],
    [
      "no answer for 600 s (--max-outage); last: connection refused (ECONNREFUSED)",
      "600 秒没有应答（--max-outage）；最近一次：连接被拒绝（ECONNREFUSED）",
    ],
    ["standard output is not UTF-8: byte 0xff at offset 12", "标准输出不是 UTF-8：偏移 12 处的字节 0xff"],
    ["TypeError: cannot read x", "TypeError: cannot read x"],
    ["HTTP 404 from http://h/v1/chat/completions: no", "HTTP 404（http://h/v1/chat/completions）：no"],
    ["", ""],
  ])("%s", (sentence, chinese) => {
    expect(causes.text(sentence)).toBe(chinese);
    expect(english.text(sentence)).toBe(sentence);
  });

  test("name kinds and keep their codes; what a user's program made up stays", () => {
    expect(causes.kind("timeout")).toBe("超时（timeout）");
    expect(causes.kind("http_429")).toBe("请求过于频繁（http_429）");
    expect(causes.kind("http_502")).toBe("服务端错误（http_502）");
    expect(causes.kind("my_own")).toBe("my_own");
    expect(english.kind("timeout")).toBe("timeout");
  });

  test("name every kind that the processors and the run give", () => {
    const given = ["lib/processors", "lib/run", "lib/io", "lib/job"].flatMap((room) =>
      sources(room).flatMap(({ code }) =>
        [...code.matchAll(/\b(?:failed|outside|notStarted)\(\s*"([a-z_]+)"/g)].map(([, kind]) => kind ?? ""),
      ),
    );
    expect(given.length).toBeGreaterThan(15);
    expect([...new Set(given)].filter((kind) => causes.kind(kind) === kind)).toEqual([]);
  });

  test("take bounded time for any text", () => {
    const long = "the answer is marked ".repeat(50) + ": ".repeat(200);
    expect(causes.text(long)).toBeString();
  });
});
