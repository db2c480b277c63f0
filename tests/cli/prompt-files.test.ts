// `--prompt @FILE` and `--system @FILE`: what of a file is sent, and that a job of an earlier ckpt, which sent the line end at its end too, is the same.
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { ckpt, newFolder, read, type Ran, writeLines } from "../helpers/ckpt.ts";
import { mockEndpoint } from "../helpers/mock-endpoint.ts";

setDefaultTimeout(60_000);

function folderWith(prompt: string, system: string): string {
  const folder = newFolder();
  const items = Array.from({ length: 5 }, (_, i) => JSON.stringify({ q: `question ${i}` }));
  writeLines(folder, "q.jsonl", items);
  fs.writeFileSync(path.join(folder, "prompt.txt"), prompt);
  fs.writeFileSync(path.join(folder, "system.txt"), system);
  return folder;
}

const FILES = ["--prompt", "@prompt.txt", "--system", "@system.txt"];

function ask(folder: string, url: string, words: readonly string[]): Promise<Ran> {
  return ckpt(folder, ["run", "q.jsonl", "--model", "mock", "--base-url", url, "-j", "1", ...words]);
}

test.each([
  ["{q}\n", "{q}", "a line end"],
  ["{q}\r\n", "{q}", "one of Windows"],
  ["{q}\n\n", "{q}\n", "an empty line at the end: only the last line end"],
  ["{q}\r", "{q}\r", "a bare CR, which is none"],
  [" {q} ", " {q} ", "none, but white space"],
  ["a\n{q}", "a\n{q}", "none at the end"],
])("of %j goes out %j (%s)", async (content, sent) => {
  const folder = folderWith(content, content.replace("{q}", "s"));
  const ran = await ask(folder, "http://127.0.0.1:9/v1", [...FILES, "--dry-run", "--json"]);
  const [, ...body] = (JSON.parse(ran.out) as { first: string[][] }).first[0] ?? [];
  expect((JSON.parse(body.join("\n")) as { messages: unknown }).messages).toEqual([
    { role: "system", content: sent.replace("{q}", "s") },
    { role: "user", content: sent.replace("{q}", "question 0") },
  ]);
});

describe("a job of an earlier ckpt, which recorded the text with its line end", () => {
  /** The words whose fingerprint is the one that it recorded for the files: the same text, said directly. */
  const asRecorded = (folder: string): string[] => [
    "--prompt",
    read(folder, "prompt.txt"),
    "--system",
    read(folder, "system.txt"),
  ];

  test.each([
    ["Say {q}\n", "Be kind.\r\n"],
    ["Say {q}\n", "Be kind."],
    ["Say {q}", "Be kind.\n"],
  ])("is gone on with: %j and %j", async (prompt, system) => {
    await using endpoint = disposable(await mockEndpoint());
    const folder = folderWith(prompt, system);
    expect((await ask(folder, endpoint.url, [...asRecorded(folder), "--limit", "2"])).code).toBe(4);
    const asked = endpoint.asked.length;
    const resumed = await ask(folder, endpoint.url, [...FILES, "--on-change", "refuse"]);
    expect(resumed).toMatchObject({ code: 0 });
    expect(endpoint.asked.slice(asked).map((one) => one.prompt)).toEqual(
      [2, 3, 4].map((n) => `Say question ${n}`),
    );
    const again = await ask(folder, endpoint.url, FILES);
    expect({ code: again.code, complete: again.err.includes("Already complete") }).toEqual({
      code: 0,
      complete: true,
    });
    expect(endpoint.asked).toHaveLength(5);
  });

  test("is complete already, and continues where its input has grown", async () => {
    await using endpoint = disposable(await mockEndpoint());
    const folder = folderWith("Say {q}\n", "Be kind.\n");
    expect((await ask(folder, endpoint.url, asRecorded(folder))).code).toBe(0);
    const output = read(folder, "q.results.jsonl");
    expect((await ask(folder, endpoint.url, FILES)).err).toContain("Already complete");
    fs.appendFileSync(path.join(folder, "q.jsonl"), '{"q":"question 5"}\n');
    expect((await ask(folder, endpoint.url, FILES)).code).toBe(0);
    expect(endpoint.asked).toHaveLength(6);
    expect(read(folder, "q.results.jsonl")).toStartWith(output);
  });

  test("is another one when the text has changed, and only what has changed is said", async () => {
    await using endpoint = disposable(await mockEndpoint());
    const folder = folderWith("Say {q}\n", "Be kind.\n");
    expect((await ask(folder, endpoint.url, [...asRecorded(folder), "--limit", "2"])).code).toBe(4);
    fs.writeFileSync(path.join(folder, "system.txt"), "Be brief.\n");
    const ran = await ask(folder, endpoint.url, FILES);
    expect(ran.code).toBe(12);
    expect(ran.err).toContain("(changed: system prompt)");
  });
});

function disposable<T extends { stop(): Promise<void> }>(server: T): T & AsyncDisposable {
  return Object.assign(server, { [Symbol.asyncDispose]: () => server.stop() });
}
