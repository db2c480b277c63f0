// What no wait can mend, as people see it: the run pauses at once, no item has failed, and what helps is named.
import { afterEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import * as net from "node:net";
import { ckpt, newFolder, type Ran, read, writeLines } from "../helpers/ckpt.ts";
import { mockEndpoint } from "../helpers/mock-endpoint.ts";
import { certificate, serveTls } from "../helpers/tls.ts";

setDefaultTimeout(60_000);

const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

const ITEMS = 12;
const answer = (): Response =>
  Response.json({ choices: [{ message: { role: "assistant", content: "yes" }, finish_reason: "stop" }] });

function tls(name: "local" | "expired" | "elsewhere"): string {
  const server = serveTls(name, answer);
  stops.push(() => server.stop(true));
  return `https://127.0.0.1:${server.port}/v1`;
}

/** A server that answers the first bytes of a connection, and closes it. */
async function raw(text: string): Promise<string> {
  const server = net.createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", () => socket.end(text));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  stops.push(() => new Promise((resolve) => server.close(resolve)));
  return `http://127.0.0.1:${(server.address() as net.AddressInfo).port}`;
}

const status = (line: string, headers = "", body = ""): Promise<string> =>
  raw(`HTTP/1.1 ${line}\r\n${headers}Content-Length: ${body.length}\r\n\r\n${body}`);

async function endpoint(): Promise<string> {
  const mock = await mockEndpoint();
  stops.push(() => mock.stop());
  return mock.url;
}

/** An address where nobody listens. */
async function nobody(): Promise<string> {
  const url = await raw("");
  await stops.pop()?.();
  return url;
}

function newInput(): string {
  const folder = newFolder();
  writeLines(
    folder,
    "q.jsonl",
    Array.from({ length: ITEMS }, (_, at) => JSON.stringify({ q: `question ${at}` })),
  );
  return folder;
}

const ask = (folder: string, url: string, env: Record<string, string>, ...more: string[]): Promise<Ran> => {
  const words = `run q.jsonl --model m --prompt {q} --base-url ${url} --progress plain --max-outage 50s`;
  return ckpt(folder, [...words.split(" "), ...more], { OPENAI_API_KEY: "sk-0123456789abc", ...env });
};

type Trouble = {
  readonly what: string;
  readonly kind: string;
  /** Stands in the advice. */
  readonly helps: string;
  /** Stands in the reason. */
  readonly says: string;
  readonly at: () => Promise<string> | string;
  readonly env?: (url: string) => Promise<Record<string, string>> | Record<string, string>;
};

const TROUBLES: readonly Trouble[] = [
  {
    what: "a certificate of an unknown authority",
    kind: "tls",
    helps: "NODE_EXTRA_CA_CERTS",
    says: "not trusted",
    at: () => tls("local"),
  },
  {
    what: "an expired certificate",
    kind: "tls_certificate",
    helps: "--base-url",
    says: "has expired",
    at: () => tls("expired"),
    env: () => ({ NODE_EXTRA_CA_CERTS: certificate("ca") }),
  },
  {
    what: "a certificate of another host",
    kind: "tls_certificate",
    helps: "--base-url",
    says: "another host name",
    at: () => tls("elsewhere"),
    env: () => ({ NODE_EXTRA_CA_CERTS: certificate("ca") }),
  },
  {
    what: "https:// to a port without TLS",
    kind: "tls_protocol",
    helps: "--base-url",
    says: "no TLS connection",
    at: async () => (await endpoint()).replace("http:", "https:"),
  },
  {
    what: "http:// to a port with TLS",
    kind: "tls_protocol",
    helps: "--base-url",
    says: "https://",
    at: () => tls("local").replace("https:", "http:"),
  },
  {
    what: "http:// to a server that says that it speaks TLS",
    kind: "tls_protocol",
    helps: "--base-url",
    says: "plain HTTP request",
    at: () => status("400 Bad Request", "", "The plain HTTP request was sent to HTTPS port"),
  },
  {
    what: "a redirect in a circle",
    kind: "redirect",
    helps: "--base-url",
    says: "HTTP 307",
    at: () => status("307 Temporary Redirect", "Location: /v1/chat/completions\r\n"),
  },
  {
    what: "a redirect that makes a GET of it",
    kind: "redirect",
    helps: "--base-url",
    says: "https://endpoint.example/v1",
    at: () => status("301 Moved Permanently", "Location: https://endpoint.example/v1\r\n"),
  },
  {
    what: "a redirect that leads the key away",
    kind: "redirect",
    helps: "--base-url",
    says: "not given the key",
    at: () => status("308 Permanent Redirect", "Location: http://elsewhere.example/v1\r\n"),
  },
  {
    what: "a dead proxy",
    kind: "proxy",
    helps: "HTTP_PROXY",
    says: "cannot be reached",
    at: endpoint,
    env: async () => ({ HTTP_PROXY: await nobody() }),
  },
  {
    what: "a dead proxy for https://",
    kind: "proxy",
    helps: "HTTPS_PROXY",
    says: "https_proxy=http://127.0.0.1:",
    at: () => tls("local"),
    env: async () => ({ https_proxy: await nobody() }),
  },
  {
    what: "a SOCKS proxy",
    kind: "proxy",
    helps: "HTTP_PROXY",
    says: "socks5://127.0.0.1:1080",
    at: endpoint,
    env: () => ({ HTTP_PROXY: "socks5://127.0.0.1:1080" }),
  },
  {
    what: "a proxy that speaks something else",
    kind: "proxy",
    helps: "NO_PROXY",
    says: "does not speak HTTP",
    at: endpoint,
    env: async () => ({ ALL_PROXY: await raw("\u0005\u00ff") }),
  },
  {
    what: "a proxy that is none",
    kind: "proxy",
    helps: "HTTPS_PROXY",
    says: "HTTPS_PROXY",
    at: () => tls("local"),
    env: () => ({ HTTPS_PROXY: "::" }),
  },
  {
    what: "a server that does not speak HTTP",
    kind: "not_http",
    helps: "--base-url",
    says: "does not speak HTTP",
    at: () => raw("SSH-2.0-OpenSSH_9.2\r\n"),
  },
  {
    what: "a host that does not exist",
    kind: "host_not_found",
    helps: "HTTPS_PROXY",
    says: "no-such-host.invalid",
    at: () => "http://no-such-host.invalid/v1",
  },
];

describe("pauses at once, no item has failed, what helps is named:", () => {
  test.each(TROUBLES.map((one) => [one.what, one] as const))("%s", async (_what, one) => {
    const folder = newInput();
    const url = await one.at();
    const env = (await one.env?.(url)) ?? {};
    const ran = await ask(folder, url, env);
    expect({ code: ran.code, err: ran.err }).toMatchObject({ code: 4 });
    expect(ran.err).toContain(`(${one.kind}`);
    expect(ran.err).toContain(one.says);
    const advice = ran.err.split("\n").findLast((line) => line.endsWith("o item is lost."));
    expect(advice).toContain(one.helps);
    const info = JSON.parse((await ckpt(folder, ["info", "--json"])).out) as object;
    expect(info).toMatchObject({ failed: 0, completed: 0, pending: ITEMS });
    if (one.kind === "host_not_found") return; // four tries with growing waits are enough once
    expect((await ask(folder, url, env, "--lang", "zh")).err).toContain(one.helps);
  });
});

describe("and when it is mended, the same command continues:", () => {
  test("with NODE_EXTRA_CA_CERTS", async () => {
    const [folder, url] = [newInput(), tls("local")];
    expect((await ask(folder, url, {})).code).toBe(4);
    expect((await ask(folder, url, { NODE_EXTRA_CA_CERTS: certificate("ca") })).code).toBe(0);
    expect(read(folder, "q.results.jsonl").match(/"status":"ok"/g)?.length).toBe(ITEMS);
  });

  test("with NO_PROXY", async () => {
    const [folder, url] = [newInput(), await endpoint()];
    const env = { HTTP_PROXY: await nobody() };
    expect((await ask(folder, url, env)).code).toBe(4);
    expect((await ask(folder, url, { ...env, NO_PROXY: "127.0.0.1" })).code).toBe(0);
  });
});
