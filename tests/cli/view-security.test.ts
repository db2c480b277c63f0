// Who may ask `ckpt view`, tried from outside with bytes as an attacker would send them.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import * as path from "node:path";
import { newFolder } from "../helpers/ckpt.ts";
import { makeViewed } from "../helpers/viewed-checkpoint.ts";
import { rawAnswer, type Viewer, viewer } from "../helpers/viewer.ts";

let viewed: Viewer;
beforeAll(async () => {
  const folder = newFolder();
  const results = [{ index: 0, id: "q0", output: '"the secret answer"' }];
  makeViewed(path.join(folder, "checkpoints"), results, { items: 1 });
  viewed = await viewer(folder);
});
afterAll(() => viewed[Symbol.asyncDispose]());

/** A request with exactly these lines between the first one and the token. */
function request(
  lines: readonly string[],
  { target = "/api/rows?source=checkpoint", method = "GET", token = viewed.token, body = "" } = {},
): Promise<string> {
  const head = [`${method} ${target} HTTP/1.1`, ...lines, `Authorization: Bearer ${token}`];
  return rawAnswer(viewed.port, `${head.join("\r\n")}\r\n\r\n${body}`);
}

const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d+) /.exec(answer)?.[1] ?? 0);
const host = (): string => `Host: 127.0.0.1:${viewed.port}`;

test("who has the address gets the data", async () => {
  const answer = await request([host()]);
  expect(statusOf(answer)).toBe(200);
  expect(answer).toContain("the secret answer");
  const page = await request([`Host: localhost:${viewed.port}`, "Sec-Fetch-Site: same-origin"]);
  expect(statusOf(page)).toBe(200);
});

describe("is refused, and told nothing:", () => {
  const cases: readonly (readonly [string, number, () => Promise<string>])[] = [
    ["no Host", 421, () => request([])],
    ["another name that stands for 127.0.0.1", 421, () => request(["Host: evil.example"])],
    ["another name with the port", 421, () => request([`Host: evil.example:${viewed.port}`])],
    ["a Host without the port", 421, () => request(["Host: 127.0.0.1"])],
    ["another port", 421, () => request(["Host: 127.0.0.1:1"])],
    ["two Hosts, the right one first", 421, () => request([host(), "Host: evil.example"])],
    ["two Hosts, the right one last", 421, () => request(["Host: evil.example", host()])],
    ["the same Host twice", 421, () => request([host(), host()])],
    ["an absolute target", 400, () => request([host()], { target: `http://127.0.0.1:${viewed.port}/` })],
    ["no token", 401, () => rawAnswer(viewed.port, `GET /api/sources HTTP/1.1\r\n${host()}\r\n\r\n`)],
    ["a wrong token", 401, () => request([host()], { token: "x".repeat(43) })],
    ["a token cut short", 401, () => request([host()], { token: viewed.token.slice(0, -1) })],
    ["two tokens", 401, () => request([host(), `Authorization: Bearer ${viewed.token}`])],
    ["the token in a cookie", 401, () => request([host(), `Cookie: token=${viewed.token}`], { token: "" })],
    [
      "the token in the address",
      401,
      () => request([host()], { target: `/api/sources?token=${viewed.token}`, token: "" }),
    ],
    ["a page of another site", 403, () => request([host(), "Sec-Fetch-Site: cross-site"])],
    ["a page of another port", 403, () => request([host(), "Sec-Fetch-Site: same-site"])],
    ["an address that was typed", 403, () => request([host(), "Sec-Fetch-Site: none"])],
    ["another origin", 403, () => request([host(), "Origin: http://evil.example"])],
    ["no origin", 403, () => request([host(), "Origin: null"])],
    [
      "the other name of this machine as origin",
      403,
      () => request([host(), `Origin: http://localhost:${viewed.port}`]),
    ],
    ["POST", 405, () => request([host(), "Content-Length: 0"], { method: "POST" })],
    ["PUT", 405, () => request([host()], { method: "PUT" })],
    ["DELETE", 405, () => request([host()], { method: "DELETE" })],
    ["OPTIONS", 405, () => request([host(), "Access-Control-Request-Method: GET"], { method: "OPTIONS" })],
    ["HEAD", 405, () => request([host()], { method: "HEAD" })],
    ["a body", 413, () => request([host(), "Content-Length: 5"], { body: "hello" })],
    ["a body in chunks", 400, () => request([host(), "Transfer-Encoding: chunked"], { body: "0\r\n\r\n" })],
    ["a folded header", 400, () => request([host(), "X-A: 1", " folded"])],
    ["a header without a name", 400, () => request([host(), ": 1"])],
    ["a blank before the colon", 400, () => request([`Host : 127.0.0.1:${viewed.port}`])],
    ["huge headers", 431, () => request([host(), `X-Filler: ${"x".repeat(64 << 10)}`])],
    ["what is no HTTP", 400, () => rawAnswer(viewed.port, "\u0016\u0003\u0001\r\n\r\n")],
    ["a path that leads out", 404, () => request([host()], { target: "/../../etc/passwd" })],
    ["an unknown path", 404, () => request([host()], { target: "/api/other" })],
    ["an unknown source", 404, () => request([host()], { target: "/api/overview?source=/etc" })],
    ["a ref that is none", 404, () => request([host()], { target: "/api/item?source=checkpoint&ref=0.1" })],
    [
      "from that is no number",
      400,
      () => request([host()], { target: "/api/rows?source=checkpoint&from=x" }),
    ],
  ];
  test.each(cases)("%s", async (_what, status, ask) => {
    const answer = await ask();
    expect({ status: statusOf(answer), answer }).toEqual({ status, answer });
    expect(answer).not.toContain("the secret answer");
    expect(answer).not.toContain(viewed.token);
    expect(answer).not.toMatch(/\bat .*\.ts:\d+|node_modules|Bun v/);
  });
});

test("the page itself needs no token, holds no data, and comes with a strict policy", async () => {
  const answer = await rawAnswer(viewed.port, `GET / HTTP/1.1\r\n${host()}\r\n\r\n`);
  expect(statusOf(answer)).toBe(200);
  const [head = "", ...body] = answer.split("\r\n\r\n");
  expect(body.join("")).not.toMatch(/the secret answer|20230530_143025|q0/);
  const lower = head.toLowerCase();
  for (const header of [
    "x-content-type-options: nosniff",
    "referrer-policy: no-referrer",
    "cache-control: no-store",
    "x-frame-options: deny",
    "cross-origin-opener-policy: same-origin",
    "cross-origin-resource-policy: same-origin",
  ])
    expect(lower).toContain(header);
  expect(lower).toMatch(/content-security-policy: default-src 'none';[^\r]*frame-ancestors 'none'/);
  expect(lower).not.toContain("unsafe");
  expect(lower).not.toContain("set-cookie");
  expect(lower).not.toContain("access-control-allow");
});

test("answers with data are not kept, and not taken for anything else", async () => {
  const response = await viewed.get("/api/sources");
  expect(response.headers.get("cache-control")).toBe("no-store");
  expect(response.headers.get("x-content-type-options")).toBe("nosniff");
  expect(response.headers.get("content-type")).toStartWith("application/json");
  expect(response.headers.get("access-control-allow-origin")).toBeNull();
});

test("each start has a token of its own, and listens on 127.0.0.1 alone", async () => {
  const folder = newFolder();
  makeViewed(path.join(folder, "checkpoints"), [], { items: 1 });
  await using other = await viewer(folder);
  expect(other.token).not.toBe(viewed.token);
  const text = `GET / HTTP/1.1\r\nHost: 127.0.0.1:${other.port}\r\n\r\n`;
  expect(statusOf(await rawAnswer(other.port, text))).toBe(200);
  const listening = await Bun.$`ss -Hltn`.nothrow().quiet().text();
  if (listening !== "")
    expect(listening).not.toMatch(new RegExp(`(?:0\\.0\\.0\\.0|\\*|\\[::\\]):${other.port}\\b`));
});
