import { afterEach, describe, expect, test } from "bun:test";
import * as net from "node:net";
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { HttpClient, readBody } from "../../lib/io/http.ts";
import { HttpTrouble } from "../../lib/io/http-trouble.ts";
import type { Environment } from "../../lib/io/proxy.ts";

const TEXT = "a".repeat(1_000_000);

const stops: (() => unknown)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

type Handler = (request: Request) => Response | Promise<Response>;

function serve(fetch: Handler): URL {
  const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch });
  stops.push(() => server.stop(true));
  return server.url;
}

const post = (url: URL, options: { env?: Environment; isSecret?: boolean } = {}): Promise<Response> =>
  new HttpClient({ env: {}, isSecret: true, ...options }).fetch(url, { method: "POST", body: "{}" });

const troubleOf = async (work: Promise<unknown>): Promise<HttpTrouble> => {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof HttpTrouble)) throw new Error("no HttpTrouble", { cause: error });
  return error;
};

/** A server that answers the first bytes of a connection with these, and closes it. */
async function raw(answer: string | null): Promise<URL> {
  const server = net.createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", () => (answer === null ? socket.destroy() : socket.end(answer)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  stops.push(() => server.close());
  const address = server.address();
  return new URL(`http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}/`);
}

/** The body as text; null when it was too large. */
async function textOf(response: Response, maxBytes: number): Promise<string | null> {
  const body = await readBody(response, maxBytes);
  return body === null ? null : new TextDecoder().decode(body);
}

describe("readBody()", () => {
  test.each<[string, string | Buffer, Record<string, string>]>([
    ["plain", TEXT, {}],
    ["gzip", gzipSync(TEXT), { "content-encoding": "gzip" }],
    ["GZIP", gzipSync(TEXT), { "content-encoding": "GZIP" }],
    ["br", brotliCompressSync(TEXT), { "content-encoding": "br" }],
    ["zstd", zstdCompressSync(TEXT), { "content-encoding": "zstd" }],
    ["deflate", deflateSync(TEXT), { "content-encoding": "deflate" }],
    ["gzip, br", brotliCompressSync(gzipSync(TEXT)), { "content-encoding": "gzip, br" }],
  ])("gives the whole of a body (%s), and null of one that is larger than allowed", async (...given) => {
    const [, body, headers] = given;
    const url = serve(() => new Response(body, { headers }));
    expect(await textOf(await post(url), TEXT.length)).toBe(TEXT);
    expect(await textOf(await post(url), TEXT.length - 1)).toBeNull();
  });

  test.each<[string, Buffer]>([
    ["gzip", Buffer.from("no gzip at all")],
    ["gzip", gzipSync(TEXT).subarray(0, -9)],
    ["br", Buffer.from("no brotli at all")],
    ["zstd", zstdCompressSync(TEXT).subarray(0, -3)],
    ["compress", Buffer.from("what is that?")],
  ])("refuses a body that says it is %s and is not, and nobody else speaks of it", async (encoding, body) => {
    const url = serve(() => new Response(body, { headers: { "content-encoding": encoding } }));
    const trouble = await troubleOf(post(url).then((response) => textOf(response, 1 << 20)));
    expect(trouble.kind).toBe("network");
    expect(trouble.message).toContain(encoding);
  });

  test.each(["utf-8", "UTF8", "none", "binary", "aws-chunked"])(
    "%s is not how a body is packed, whatever its header says",
    async (name) => {
      const url = serve(() => new Response(TEXT, { headers: { "content-encoding": name } }));
      expect(await textOf(await post(url), TEXT.length)).toBe(TEXT);
    },
  );

  test("a connection that is closed within the body is said to be, in words of our own", async () => {
    const url = await raw("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
    const trouble = await troubleOf(post(url).then((response) => textOf(response, 1000)));
    expect(trouble.message).toBe("the connection was closed before the answer was complete (ECONNRESET)");
    expect(trouble.kind).toBe("network");
  });

  test("an empty body that says it is packed is empty", async () => {
    const url = serve(() => new Response("", { status: 400, headers: { "content-encoding": "gzip" } }));
    expect(await textOf(await post(url), 10)).toBe("");
  });
});

describe("redirects", () => {
  const to = (status: number, location: string): Response =>
    new Response(null, { status, headers: { location } });
  const echo: Handler = async (request) => new Response(`${request.method} ${await request.text()}`);

  test.each([307, 308])("%d is followed, with method and body, on the same host", async (status) => {
    const url = serve((request) =>
      new URL(request.url).pathname === "/" ? to(status, "/v2/x") : echo(request),
    );
    expect(await textOf(await post(url), 100)).toBe("POST {}");
  });

  test.each([301, 302, 303])("%d is not followed: it would turn the request into a GET", async (status) => {
    const other = serve(echo);
    const trouble = await troubleOf(post(serve(() => to(status, other.href))));
    expect(trouble.kind).toBe("redirect");
    expect(trouble.message).toContain(`HTTP ${status}`);
    expect(trouble.message).toContain(other.href);
  });

  test("to another host only a request without secrets is redirected", async () => {
    const other = serve(echo);
    const url = serve(() => to(307, other.href));
    expect((await troubleOf(post(url))).kind).toBe("redirect");
    expect(await textOf(await post(url, { isSecret: false }), 100)).toBe("POST {}");
  });

  test("a circle is found", async () => {
    let asked = 0;
    const url = serve(() => {
      asked++;
      return to(307, "/");
    });
    expect((await troubleOf(post(url))).kind).toBe("redirect");
    expect(asked).toBe(6);
  });

  test("a circle is found on a server that answers once on each connection, without a word of it, too", async () => {
    let asked = 0;
    const server = net.createServer((socket) => {
      socket.on("error", () => undefined);
      socket.once("data", () => {
        asked++;
        socket.write("HTTP/1.1 307 Temporary Redirect\r\nLocation: /\r\nContent-Length: 0\r\n\r\n");
        socket.once("data", () => socket.destroy());
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    stops.push(() => server.close());
    const { port } = server.address() as net.AddressInfo;
    expect((await troubleOf(post(new URL(`http://127.0.0.1:${port}/`)))).kind).toBe("redirect");
    expect(asked).toBe(6);
  });

  test.each(["ftp://host/x", "http://"])("%s is no address to go to", async (location) => {
    expect((await troubleOf(post(serve(() => to(307, location))))).kind).toBe("redirect");
  });
});

describe("what was wrong", () => {
  test("is told by what fetch throws, while there has been no answer", async () => {
    const ssh = await raw("SSH-2.0-OpenSSH_9.2\r\n");
    const closes = await raw(null);
    const nobody = new URL(serve(() => new Response()).href);
    for (const stop of stops.splice(2)) await stop();
    expect((await troubleOf(post(ssh))).kind).toBe("not-http");
    expect((await troubleOf(post(closes))).kind).toBe("network");
    expect((await troubleOf(post(nobody))).kind).toBe("unreachable");
    expect((await troubleOf(post(new URL("http://no-such-host.invalid/")))).kind).toBe("unresolved");
    expect((await troubleOf(post(new URL(ssh.href.replace("http:", "https:"))))).kind).toBe("wrong-tls");
  });

  test("with a proxy is put down to it by name, and its password is not shown", async () => {
    const target = new URL("http://endpoint.example/v1");
    const url = serve(() => new Response("no proxy"));
    for (const stop of stops.splice(0)) await stop();
    const dead = `http://user:secret@${url.host}`;
    const ssh = await raw("SSH-2.0-OpenSSH_9.2\r\n");
    const closes = await raw(null);
    for (const [proxy, words] of [
      [dead, `HTTP_PROXY=http://${url.host}`],
      [ssh.origin, "does not speak HTTP"],
      [closes.origin, "does not speak HTTP"],
      ["socks5://127.0.0.1:1080", "HTTP_PROXY=socks5://127.0.0.1:1080"],
      ["http://", "HTTP_PROXY"],
    ] as const) {
      const trouble = await troubleOf(post(target, { env: { HTTP_PROXY: proxy } }));
      expect({ proxy, kind: trouble.kind }).toEqual({ proxy, kind: "proxy" });
      expect(trouble.message).toContain(words);
      expect(trouble.message).not.toContain("secret");
    }
  });

  test("a tunnel that the proxy refuses is about the proxy, one that it cannot make about the endpoint", async () => {
    const target = new URL("https://endpoint.example/v1");
    for (const [status, kind, named] of [
      ["403 Forbidden", "proxy", null],
      ["407 Proxy Authentication Required", "error", 407],
      ["502 Bad Gateway", "unreachable", null],
    ] as const) {
      const proxy = await raw(`HTTP/1.1 ${status}\r\nContent-Length: 0\r\n\r\n`);
      const trouble = await troubleOf(post(target, { env: { https_proxy: proxy.origin } }));
      expect([trouble.kind, trouble.status]).toEqual([kind, named]);
      expect(trouble.message).toContain(status);
    }
  });

  test("once there has been an answer, a closed or refused connection is a passing fault", async () => {
    let isUp = true;
    const server = net.createServer((socket) => {
      socket.on("error", () => undefined);
      socket.once("data", () =>
        isUp
          ? socket.end("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi")
          : socket.end("?\r\n\r\n"),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as net.AddressInfo;
    const proxy = `http://127.0.0.1:${port}`;
    const client = new HttpClient({ env: { HTTP_PROXY: proxy }, isSecret: true });
    const ask = (): Promise<Response> =>
      client.fetch("http://endpoint.example/", { method: "POST", body: "{}", keepalive: false });
    expect(await textOf(await ask(), 10)).toBe("hi");
    isUp = false;
    expect((await troubleOf(ask())).kind).toBe("network");
    await new Promise((resolve) => server.close(resolve));
    expect((await troubleOf(ask())).kind).toBe("unreachable");
  });
});
