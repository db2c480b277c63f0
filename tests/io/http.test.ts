import { expect, test } from "bun:test";
import { gzipSync } from "node:zlib";
import { httpFetch, readText } from "../../lib/io/http.ts";

const TEXT = "a".repeat(1_000_000);

/** What is read of an answer with that body, up to a limit. */
async function readOf(body: string | Buffer, headers: Record<string, string>, maxBytes: number) {
  using server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: () => new Response(body, { headers }),
  });
  return readText(await httpFetch(server.url), maxBytes);
}

test.each<[string, string | Buffer, Record<string, string>]>([
  ["plain", TEXT, {}],
  ["compressed", gzipSync(TEXT), { "content-encoding": "gzip" }],
])(
  "readText() gives the whole of a %s body, and null of one that is larger than allowed",
  async (...given) => {
    const [, body, headers] = given;
    expect(await readOf(body, headers, TEXT.length)).toBe(TEXT);
    expect(await readOf(body, headers, TEXT.length - 1)).toBeNull();
  },
);
