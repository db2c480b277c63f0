// Names that every JavaScript object has (`__proto__`, `constructor`, `toString`): as fields, ids, columns and answers they are names like any other,
// and an item without them does not have them.
// Needs python3.
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { ckpt, newFolder, read, writeLines } from "../helpers/ckpt.ts";
import { mockEndpoint } from "../helpers/mock-endpoint.ts";

setDefaultTimeout(60_000);

const KEYS = ["__proto__", "constructor", "toString", "hasOwnProperty", "valueOf"] as const;
const DEEP = '{"__proto__":"deep","constructor":{"prototype":1}}';
/** Written by hand: an object literal would lose `__proto__`. */
const LINES = KEYS.map(
  (id, at) => `{${KEYS.map((key) => `"${key}":"${key} ${at}"`).join()},"id":"${id}","x":${DEEP}}`,
);

function newInput(): string {
  const folder = newFolder();
  writeLines(folder, "q.jsonl", LINES);
  return folder;
}

function outputs(folder: string, name: string = "q.results.jsonl"): string[] {
  return read(folder, name).trim().split("\n");
}

const TEMPLATE = [...KEYS.map((key) => `{${key}}`), "{x.__proto__}", "{x.constructor.prototype}", "{id}"];

describe("a field named as an object's own", () => {
  test.each([
    ["a command", ["--", "echo", ...TEMPLATE]],
    ["a shell", ["--shell", `echo ${TEMPLATE.join(" ")}`]],
  ] as const)("is filled into %s, written out, and its item found again", async (_name, processor) => {
    const folder = newInput();
    const args = ["run", "q.jsonl", "--id", "id", "--include-input"];
    expect((await ckpt(folder, [...args, "--limit", "2", ...processor])).code).toBe(4);
    expect((await ckpt(folder, [...args, ...processor])).code).toBe(0);
    expect(outputs(folder)).toEqual(
      KEYS.map((id, at) => {
        const said = [...KEYS.map((key) => `${key} ${at}`), "deep", "1", id].join(" ");
        const fields = KEYS.map((key) => `"${key}":"${key} ${at}"`).join();
        return `{"index":${at},"id":"${id}","status":"ok","output":"${said}",${fields},"x":${DEEP}}`;
      }),
    );
  });

  test.each([...KEYS, "x.constructor", "valueOf.name"])(
    "is missing where no item has it: {%s}",
    async (name) => {
      const folder = newFolder();
      writeLines(folder, "q.jsonl", ['{"a":1,"x":{}}']);
      const { code, err } = await ckpt(folder, ["run", "q.jsonl", "--", "echo", `{${name}}`]);
      expect({ code, err }).toMatchObject({ code: 2, err: expect.stringContaining(`{${name}}`) });
      expect((await ckpt(folder, ["run", "q.jsonl", "--id", name, "--", "true"])).code).toBe(2);
    },
  );

  test("is a column of CSV, read and written", async () => {
    const folder = newFolder();
    writeLines(folder, "q.csv", [KEYS.join(), KEYS.map((key) => `${key} 0`).join()]);
    const ran = await ckpt(folder, [
      "run",
      "q.csv",
      "--id",
      "__proto__",
      "--include-input",
      "-o",
      "out.csv",
      "--",
      "echo",
      "{__proto__}",
    ]);
    expect(ran.code).toBe(0);
    expect(read(folder, "out.csv").trim().split(/\r?\n/)).toEqual([
      `index,id,status,output,error,${KEYS.join()}`,
      `0,__proto__ 0,ok,__proto__ 0,,${KEYS.map((key) => `${key} 0`).join()}`,
    ]);
  });
});

const ANSWER = '{"__proto__":{"polluted":1},"constructor":2,"toString":null}';

test("an answer with such keys is kept as it is: of a command, a worker and a module", async () => {
  const folder = newFolder();
  writeLines(folder, "q.txt", ["a"]);
  writeLines(folder, "w.py", [
    "import sys",
    "for line in sys.stdin:",
    `  print('{"index":0,"output":${ANSWER}}',flush=True)`,
  ]);
  writeLines(folder, "m.ts", [`export function process() { return JSON.parse('${ANSWER}'); }`]);
  const processors = [
    ["--parse", "json", "--", "printf", "%s", ANSWER],
    ["--worker", "--", "python3", "w.py"],
    ["--module", "m.ts"],
  ];
  for (const [at, processor] of processors.entries()) {
    const { code, err } = await ckpt(folder, [
      "run",
      "q.txt",
      "--dir",
      `d${at}`,
      "-o",
      `${at}.jsonl`,
      ...processor,
    ]);
    expect({ at, code, err: code === 0 ? "" : err }).toEqual({ at, code: 0, err: "" });
    expect(outputs(folder, `${at}.jsonl`)).toEqual([`{"index":0,"status":"ok","output":${ANSWER}}`]);
    const exported = await ckpt(folder, ["export", "--dir", `d${at}`]);
    expect(exported.out.trim()).toBe(`{"index":0,"status":"ok","output":${ANSWER}}`);
  }
});

test("an endpoint is asked with such fields and parameters, and its answer with such keys is kept", async () => {
  const body = `{"__proto__":{"choices":1},"choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":${JSON.stringify(ANSWER)},"__proto__":{}}}],"usage":{"__proto__":1}}`;
  const mock = await mockEndpoint({ reply: () => ({ kind: "raw", body, type: "application/json" }) });
  const folder = newFolder();
  writeLines(folder, "q.jsonl", [LINES[0] ?? ""]);
  const params = ["--param", '__proto__={"a":1}', "--param", "constructor=2"];
  const args = [
    "run",
    "q.jsonl",
    "--id",
    "id",
    "--model",
    "mock",
    "--prompt",
    "{__proto__} {x.__proto__}",
    "--base-url",
    mock.url,
    "--parse",
    "json",
    ...params,
  ];
  const { code, err } = await ckpt(folder, args, { OPENAI_API_KEY: "sk-0123456789" });
  await mock.stop();
  expect({ code, err: code === 0 ? "" : err }).toEqual({ code: 0, err: "" });
  expect(outputs(folder)).toEqual([`{"index":0,"id":"__proto__","status":"ok","output":${ANSWER}}`]);
  const asked = mock.asked[0]?.body ?? {};
  expect(asked["messages"]).toEqual([{ role: "user", content: "__proto__ 0 deep" }]);
  expect(Object.getOwnPropertyDescriptor(asked, "__proto__")?.value).toEqual({ a: 1 });
  expect(asked["constructor"]).toBe(2);
});
