// What answers say of the model that made them: a change is said once, recorded, and counted in `info`. The compiled executable against a mock endpoint.
import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { ckpt, newFolder, type Ran, read, writeLines } from "../helpers/ckpt.ts";
import { type MockEndpoint, mockEndpoint } from "../helpers/mock-endpoint.ts";

setDefaultTimeout(60_000);

let mock: MockEndpoint | null = null;
afterEach(async () => {
  await mock?.stop();
  mock = null;
});

type Said = { readonly model?: string; readonly fingerprint?: string };

/** Answers by what they say, in the order of the requests; the last one for all that follow. */
async function serve(said: (number: number) => Said): Promise<string> {
  mock = await mockEndpoint({ reply: ({ number }) => ({ kind: "answer", ...said(number) }) });
  return mock.url;
}

function folderWith(count: number): string {
  const folder = newFolder();
  writeLines(
    folder,
    "q.jsonl",
    Array.from({ length: count }, (_, at) => JSON.stringify({ q: `q${at}` })),
  );
  return folder;
}

function ask(folder: string, url: string, more: readonly string[] = []): Promise<Ran> {
  const given = `run q.jsonl --id q --model m --prompt {q} --base-url ${url} -j 1`;
  return ckpt(folder, [...given.split(" "), ...more]);
}

const records = (folder: string): { readonly model_version?: string }[] =>
  read(folder, "checkpoints/checkpoint_results.jsonl")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { model_version?: string });
const versions = async (folder: string): Promise<unknown> =>
  (JSON.parse((await ckpt(folder, ["info", "--json"])).out) as { versions?: unknown }).versions;

const notes = ({ err }: Ran): string[] =>
  err.split("\n").filter((line) => /another .*answers now/i.test(line));

test("a change in the middle is said once, recorded and counted", async () => {
  const url = await serve((number) => ({ model: "m", fingerprint: number <= 3 ? "fp_a" : "fp_b" }));
  const folder = folderWith(9);
  const ran = await ask(folder, url, ["--limit", "8"]);
  expect(notes(ran)).toHaveLength(1);
  expect(notes(ran)[0]).toContain("m fp_b, before m fp_a");
  expect(records(folder).map((record) => record.model_version)).toEqual(
    Array.from({ length: 8 }, (_, at) => (at < 3 ? "m fp_a" : "m fp_b")),
  );
  expect(await versions(folder)).toEqual([
    { model: "m", version: "m fp_a", count: 3 },
    { model: "m", version: "m fp_b", count: 5 },
  ]);
  expect((await ckpt(folder, ["show", "q1"])).out).toContain("(model m fp_a, fingerprint ");
  expect((await ckpt(folder, ["show", "q7", "--lang", "zh"])).out).toContain("（模型 m fp_b，指纹 ");
  const info = await ckpt(folder, ["info"]);
  expect(info.out).toContain("m fp_a: 3 answers");
  expect(info.out).toContain("m fp_b: 5 answers");
  expect((await ckpt(folder, ["info", "--lang", "zh"])).out).toContain("m fp_b：5 个应答");
});

test("versions that take turns are said once, in either language", async () => {
  const url = await serve((number) => ({ model: "m", fingerprint: `fp_${number % 3}` }));
  for (const [lang, words] of [
    ["en", /Another version of the model answers now/g],
    ["zh", /现在应答的是模型的另一个版本/g],
  ] as const) {
    const ran = await ask(folderWith(30), url, ["--limit", "29", "--lang", lang]);
    expect(ran.err.match(words)).toHaveLength(1);
  }
});

test("a change between two runs is said by the second, and not by a third", async () => {
  let model = "m";
  const url = await serve(() => ({ model }));
  const folder = folderWith(9);
  expect(notes(await ask(folder, url, ["--limit", "2"]))).toEqual([]);
  expect(records(folder).map((record) => "model_version" in record)).toEqual([false, false]);
  model = "m-2";
  const second = await ask(folder, url, ["--limit", "2"]);
  expect(notes(second)).toHaveLength(1);
  expect(notes(second)[0]).toContain("Another model answers now: m-2, before m.");
  expect(notes(await ask(folder, url, ["--limit", "2"]))).toEqual([]);
  expect(await versions(folder)).toEqual([
    { model: "m", version: "m", count: 2 },
    { model: "m", version: "m-2", count: 4 },
  ]);
});

test("another model is said although another version was said before", async () => {
  const url = await serve((number) =>
    number < 9 ? { model: "m", fingerprint: `fp_${number}` } : { model: "n", fingerprint: "fp_1" },
  );
  const ran = await ask(folderWith(20), url, ["--limit", "19", "-q"]);
  expect(notes(ran)).toHaveLength(2);
});

test("answers that say nothing more than what was asked for change no record and no screen", async () => {
  const url = await serve(() => ({ model: "m" }));
  const folder = folderWith(3);
  expect(notes(await ask(folder, url, ["--limit", "2"]))).toEqual([]);
  expect(records(folder).some((record) => "model_version" in record)).toBe(false);
  expect((await ckpt(folder, ["info"])).out).not.toContain("Versions");
});

test("more versions than are counted apart are counted together", async () => {
  const url = await serve((number) => ({ model: "m", fingerprint: `fp_${number}` }));
  const folder = folderWith(41);
  const ran = await ask(folder, url, ["--limit", "40"]);
  expect(notes(ran)).toHaveLength(1);
  const counted = (await versions(folder)) as { version: string; count: number }[];
  expect(counted).toHaveLength(17);
  expect(counted.at(-1)).toEqual({ model: "", version: "", count: 24 } as object as (typeof counted)[number]);
  expect((await ckpt(folder, ["info"])).out).toContain("others: 24 answers");
});
