// Standard error holds ckpt's own lines and nothing else, whatever the runtime or a module would print there; with `--progress json` only JSON lines.
import { afterEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import * as path from "node:path";
import { ckpt, newFolder, type Ran, read, writeLines } from "../helpers/ckpt.ts";
import { certificate, serveTls } from "../helpers/tls.ts";

setDefaultTimeout(60_000);

const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

function newInput(): string {
  const folder = newFolder();
  writeLines(folder, "q.txt", ["a", "b"]);
  return folder;
}

type Event = { readonly event: string; readonly text?: string; readonly error?: { readonly code: string } };

/** Every line of standard error, as the JSON value that it has to be. */
const events = ({ err }: Ran): readonly Event[] =>
  err
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Event);

const kinds = (ran: Ran): readonly string[] => [...new Set(events(ran).map(({ event }) => event))];

describe("answers that cannot be unpacked", () => {
  const PACKED = ["gzip", "br", "zstd", "deflate"];

  function serve(): string {
    let asked = 0;
    const server = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch: () =>
        new Response('{"choices":[{"message":{"content":"plain"}}]}', {
          headers: { "content-encoding": PACKED[asked++ % PACKED.length] ?? "" },
        }),
    });
    stops.push(() => server.stop(true));
    return `http://127.0.0.1:${server.port}/v1`;
  }

  const ask = (folder: string, mode: string): Promise<Ran> => {
    const words = `run q.txt --model m --prompt {} --base-url ${serve()} --retries 3 --retry-delay 1ms --progress ${mode}`;
    return ckpt(folder, words.split(" "), { OPENAI_API_KEY: "sk-0123456789abc" });
  };

  test("are failures of the network, and nobody but ckpt speaks of them", async () => {
    const folder = newInput();
    const ran = await ask(folder, "json");
    expect(ran.code).toBe(3);
    expect(kinds(ran)).toEqual(["note", "progress", "summary"]);
    expect(read(folder, "q.results.jsonl")).toContain('"kind":"network"');
    const plain = await ask(newInput(), "plain");
    expect(plain.err).toContain("damaged");
    expect(plain.err).not.toMatch(/^Decompression|Zlib|Brotli/m);
  });
});

describe("what a module prints", () => {
  const MODULE = path.resolve(import.meta.dir, "../fixtures/processors/prints.ts");
  const run = (folder: string, ...more: string[]): Promise<Ran> =>
    ckpt(folder, ["run", "q.txt", "-j", "1", "--module", MODULE, ...more]);
  const PRINTED = [
    "by log 1 { a: 1 }",
    "by error",
    "by write",
    "by stdout",
    "by stderr, 你好",
    "Warning: by warning",
    "at a",
    "at b",
    "in an attempt",
    "without an end",
  ];

  test("is an event each line, with --progress json", async () => {
    const ran = await run(newInput(), "--progress", "json", "--json");
    expect(ran.code).toBe(0);
    const printed = events(ran).flatMap(({ event, text }) => (event === "module" ? [text] : []));
    for (const line of PRINTED) expect(printed).toContain(line);
    expect(printed.join("\n")).toContain("MaxListenersExceededWarning: ");
    expect(JSON.parse(ran.out)).toMatchObject({ outcome: "complete" });
  });

  test.each(["--progress=plain", "--progress=none", "-q"])(
    "is a line of standard error, and standard output is left to data (%s)",
    async (option) => {
      const ran = await run(newInput(), "--json", option);
      expect(ran.code).toBe(0);
      const lines = ran.err.split("\n");
      for (const line of PRINTED) expect(lines).toContain(line);
      expect(ran.err).not.toContain("(node:");
      expect(JSON.parse(ran.out)).toMatchObject({ outcome: "complete" });
    },
  );
});

describe("an error that ends the run", () => {
  test.each<[code: string, exit: number, words: readonly string[]]>([
    ["input.missing", 2, ["none.txt", "--", "cat"]],
    ["usage.unknownOption", 2, ["q.txt", "--nope", "--", "cat"]],
    ["module.missing", 2, ["q.txt", "--module", "none.ts"]],
    ["output.unknownFormat", 2, ["q.txt", "-o", "q.out", "--", "cat"]],
  ])("%s is an event with --progress json", async (code, exit, words) => {
    const folder = newInput();
    for (const progress of [["--progress", "json"], ["--progress=json"]]) {
      const ran = await ckpt(folder, ["run", ...progress, ...words]);
      expect(ran.code).toBe(exit);
      expect(events(ran).at(-1)).toMatchObject({ event: "error", error: { code } });
    }
    const both = await ckpt(folder, ["run", "--progress", "json", "--json", ...words]);
    expect(JSON.parse(both.out)).toMatchObject({ error: { code } });
    expect(events(both).at(-1)).toMatchObject({ event: "error", error: { code } });
  });

  test("a run that stops is an event as it always was", async () => {
    const ran = await ckpt(newInput(), ["run", "q.txt", "--progress", "json", "--", "no-such-program"]);
    expect(ran.code).toBe(4);
    expect(kinds(ran)).toEqual(["note", "progress", "summary"]);
  });
});

describe("notes and errors", () => {
  test.each([
    ["NODE_ENV", "test"],
    ["NODE_ENV", "production"],
    ["CI", "true"],
    ["CONSOLA_LEVEL", "0"],
    ["DEBUG", "1"],
  ])("are the same, on standard error, with %s=%s", async (name, value) => {
    const folder = newInput();
    const env = { [name]: value };
    const ran = await ckpt(folder, ["run", "q.txt", "--progress", "none", "--", "cat"], env);
    expect(ran).toMatchObject({ code: 0, out: "" });
    const lines = ran.err.split("\n");
    expect(lines[0]).toStartWith("Plan: 2 items");
    expect(lines.some((line) => line.startsWith("All 2 items done."))).toBe(true);
    const refused = await ckpt(folder, ["run", "none.txt", "--", "cat"], env);
    expect(refused).toMatchObject({ code: 2, out: "" });
    expect(refused.err).toStartWith("ckpt: ");
  });
});

describe("variables of the runtime that it would remark on", () => {
  const ask = (url: string, env: Record<string, string>, lang = "en"): Promise<Ran> => {
    const words = `run q.txt --model m --prompt {} --base-url ${url} --lang ${lang}`;
    return ckpt(newInput(), words.split(" "), { OPENAI_API_KEY: "sk-0123456789abc", ...env });
  };

  test.each(["abc", "0", "70000", "-1", "", "1e3"])(
    "BUN_CONFIG_MAX_HTTP_REQUESTS=%s is refused before the first request",
    async (value) => {
      const ran = await ask("http://127.0.0.1:1/v1", { BUN_CONFIG_MAX_HTTP_REQUESTS: value });
      expect(ran.code).toBe(2);
      expect(ran.err).toMatch(/^ckpt: .*BUN_CONFIG_MAX_HTTP_REQUESTS/);
    },
  );

  test("a file in NODE_EXTRA_CA_CERTS that cannot be used is refused, where TLS is spoken", async () => {
    const server = serveTls("local", () =>
      Response.json({ choices: [{ message: { content: "yes" }, finish_reason: "stop" }] }),
    );
    stops.push(() => server.stop(true));
    const url = `https://127.0.0.1:${server.port}/v1`;
    for (const file of [
      "/none.pem",
      path.resolve("package.json"),
      certificate("ca").replace("ca.pem", "key.pem"),
    ]) {
      const ran = await ask(url, { NODE_EXTRA_CA_CERTS: file });
      expect({ file, code: ran.code }).toEqual({ file, code: 2 });
      expect(ran.err).toMatch(/^ckpt: Cannot use NODE_EXTRA_CA_CERTS/);
      expect((await ask(url, { NODE_EXTRA_CA_CERTS: file }, "zh")).err).toContain(
        "无法使用 NODE_EXTRA_CA_CERTS",
      );
    }
    expect((await ask(url, { NODE_EXTRA_CA_CERTS: certificate("ca") })).code).toBe(0);
    const plain = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch: () => Response.json({ choices: [{ message: { content: "yes" }, finish_reason: "stop" }] }),
    });
    stops.push(() => plain.stop(true));
    expect((await ask(`http://127.0.0.1:${plain.port}/v1`, { NODE_EXTRA_CA_CERTS: "/none" })).code).toBe(0);
  });
});
