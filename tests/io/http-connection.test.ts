// HTTP on a socket of the live channel: requests that come in pieces, what is no request, and readers that do not read.
import { describe, expect, test } from "bun:test";
import { HttpConnection } from "../../lib/io/http-connection.ts";
import { until } from "../helpers/until.ts";

/** A socket that takes so many bytes until it is drained. */
function socketOf(room: number = Number.POSITIVE_INFINITY): {
  readonly written: () => string;
  readonly isEnded: () => boolean;
  readonly isTerminated: () => boolean;
  readonly socket: { write(bytes: Uint8Array): number; end(): void; terminate(): void };
  readonly more: (bytes: number) => void;
} {
  let left = room;
  let text = "";
  let ended = false;
  let terminated = false;
  return {
    isTerminated: () => terminated,
    written: () => text,
    isEnded: () => ended,
    more: (bytes) => (left += bytes),
    socket: {
      write: (bytes) => {
        const taken = Math.min(left, bytes.length);
        left -= taken;
        text += Buffer.from(bytes.subarray(0, taken)).toString("utf8");
        return taken;
      },
      end: () => (ended = true),
      terminate: () => (terminated = true),
    },
  };
}

const echo = async (request: Request): Promise<Response> =>
  Response.json({ method: request.method, path: new URL(request.url).pathname, body: await request.text() });
const OPTIONS = { maxBodyBytes: 100, handle: echo };

async function answerTo(pieces: readonly string[]): Promise<string> {
  const { socket, written, isEnded } = socketOf();
  const connection = new HttpConnection(socket, OPTIONS);
  for (const piece of pieces) connection.data(Buffer.from(piece));
  await until(isEnded);
  return written();
}

describe("HttpConnection", () => {
  test("answers a request that comes byte by byte", async () => {
    const text = "POST /settings HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello";
    const answer = await answerTo(text.split(""));
    expect(answer).toStartWith("HTTP/1.1 200 OK\r\n");
    expect(answer).toContain("connection: close\r\n\r\n");
    expect(answer).toEndWith('{"method":"POST","path":"/settings","body":"hello"}');
  });

  test.each([
    ["garbage", "\0\u00ff\r\n\r\n", 400, "bad-request"],
    ["a target that is no path", "GET http://x/ HTTP/1.1\r\n\r\n", 400, "bad-request"],
    ["chunks", "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", 400, "bad-request"],
    ["two lengths", "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400, "bad-request"],
    ["a head without end", "x".repeat(20_000), 431, "head-too-large"],
    ["a large body", `POST / HTTP/1.1\r\nContent-Length: 101\r\n\r\n${"x".repeat(101)}`, 413, "too-large"],
  ])("refuses %s, and says why", async (_what, text, status, code) => {
    const [head = "", body = ""] = (await answerTo([text])).split("\r\n\r\n");
    expect(head).toStartWith(`HTTP/1.1 ${status} `);
    expect(JSON.parse(body)).toEqual({ error: { code, message: expect.any(String) } });
  });

  test("answers that it could not when what handles requests fails", async () => {
    const { socket, written, isEnded } = socketOf();
    const handle = (): Promise<Response> => Promise.reject(new Error("a fault"));
    new HttpConnection(socket, { maxBodyBytes: 100, handle }).data(Buffer.from("GET / HTTP/1.1\r\n\r\n"));
    await until(isEnded);
    expect(written()).toStartWith("HTTP/1.1 500 ");
    expect(written()).toContain('{"error":{"code":"failed",');
  });

  test("takes one request a connection, and nothing behind it", async () => {
    const answer = await answerTo([
      "GET /a HTTP/1.1\r\n\r\nGET /b HTTP/1.1\r\n\r\n",
      "GET /c HTTP/1.1\r\n\r\n",
    ]);
    expect(answer.match(/HTTP\/1\.1 200/g)).toHaveLength(1);
    expect(answer).toContain('"/a"');
  });

  test("does not listen to one who goes on sending while the answer goes on", async () => {
    const { socket, written, isTerminated } = socketOf();
    const endless = new ReadableStream<Uint8Array>({ pull: () => new Promise(() => undefined) });
    const connection = new HttpConnection(socket, { maxBodyBytes: 100, handle: () => new Response(endless) });
    connection.data(Buffer.from("GET / HTTP/1.1\r\n\r\n"));
    await until(() => written().includes("200 OK"));
    for (let sent = 0; sent < 64; sent++) connection.data(Buffer.alloc(1024));
    expect(isTerminated()).toBe(false);
    connection.data(Buffer.alloc(1));
    expect(isTerminated()).toBe(true);
    connection.closed();
  });

  test("takes no more from a stream than its reader takes, and gives it up when the reader has gone", async () => {
    const { socket, written, more } = socketOf(400);
    let pulled = 0;
    let isCancelled = false;
    const stream = (): ReadableStream<Uint8Array> =>
      new ReadableStream({
        pull: (controller) => {
          pulled++;
          controller.enqueue(Buffer.from("x".repeat(100)));
        },
        cancel: () => {
          isCancelled = true;
        },
      });
    const connection = new HttpConnection(socket, {
      maxBodyBytes: 100,
      handle: () => new Response(stream()),
    });
    connection.data(Buffer.from("GET / HTTP/1.1\r\n\r\n"));
    await until(() => written().length === 400);
    const before = pulled;
    expect(before).toBeLessThan(8);
    more(100);
    connection.drain();
    await until(() => written().length === 500);
    expect(pulled - before).toBeLessThanOrEqual(2);
    connection.closed();
    await until(() => isCancelled);
  });
});
