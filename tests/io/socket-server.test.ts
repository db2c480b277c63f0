// The socket of the live channel: whose it is at every moment, what it takes the place of, and how many may be connected.
import { afterEach, expect, test } from "bun:test";
import * as fs from "node:fs";
import * as net from "node:net";
import * as path from "node:path";
import type { FileSystem } from "../../lib/io/fs.ts";
import { realFileSystem } from "../../lib/io/fs.ts";
import { serveSocket, type SocketServer } from "../../lib/io/socket-server.ts";
import { newFolder } from "../helpers/ckpt.ts";
import { until } from "../helpers/until.ts";

const servers: SocketServer[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

function serve(file: string, system: FileSystem = realFileSystem): SocketServer {
  const handle = (request: Request): Response => new Response(new URL(request.url).pathname);
  const server = serveSocket(system, { path: file, maxBodyBytes: 100, handle });
  servers.push(server);
  return server;
}

const answer = async (file: string): Promise<string> =>
  (await fetch("http://ckpt/hello", { unix: file })).text();

test("it is its user's alone before it gets its name, whatever the umask", async () => {
  const file = path.join(newFolder(), "run.sock");
  const modes: number[] = [];
  const watching: FileSystem = {
    ...realFileSystem,
    renameSync: (from, to) => {
      modes.push(fs.statSync(from).mode & 0o777);
      realFileSystem.renameSync(from, to);
    },
  };
  const before = process.umask(0);
  try {
    serve(file, watching);
    expect(process.umask()).toBe(0);
  } finally {
    process.umask(before);
  }
  expect(modes).toEqual([0o600]);
  expect(await answer(file)).toBe("/hello");
});

test("it takes the place of what a killed process has left, of its half and of a link; of nothing else", async () => {
  const folder = newFolder();
  const file = path.join(folder, "run.sock");
  fs.writeFileSync(path.join(folder, "precious"), "kept");
  for (const name of [file, `${file}.tmp`]) fs.symlinkSync("precious", name);
  serve(file).close();
  expect(fs.readdirSync(folder)).toEqual(["precious"]);
  expect(fs.readFileSync(path.join(folder, "precious"), "utf8")).toBe("kept");
  fs.writeFileSync(file, "somebody's");
  expect(() => serve(file)).toThrow("something else is there");
  expect(fs.readFileSync(file, "utf8")).toBe("somebody's");
});

test("a name that cannot be given leaves nothing behind", () => {
  const folder = newFolder();
  const full: FileSystem = {
    ...realFileSystem,
    renameSync: () => {
      throw new Error("ENOSPC");
    },
  };
  expect(() => serve(path.join(folder, "run.sock"), full)).toThrow("ENOSPC");
  expect(fs.readdirSync(folder)).toEqual([]);
});

test("folders may be far longer than the path of a socket", async () => {
  const folder = path.join(newFolder(), ..."abcd".split("").map((letter) => letter.repeat(120)));
  fs.mkdirSync(folder, { recursive: true });
  const file = path.join(folder, "run.sock");
  serve(file);
  expect(await answer(file)).toBe("/hello");
});

test("of 1 000 who ask for nothing most are sent away, and one who asks is answered", async () => {
  const file = path.join(newFolder(), "run.sock");
  serve(file);
  let closed = 0;
  const silent = Array.from({ length: 1000 }, () => {
    const socket = net.connect(file);
    socket.on("error", () => undefined);
    socket.on("close", () => closed++);
    return socket;
  });
  await until(() => closed >= 1000 - 32, "most to be sent away");
  expect(await answer(file)).toBe("/hello");
  for (const socket of silent) socket.destroy();
});

test("one who has said all that it will say still gets the answer", async () => {
  const file = path.join(newFolder(), "run.sock");
  serve(file);
  const socket = net.connect({ path: file, allowHalfOpen: true });
  socket.end("GET /half HTTP/1.0\r\n\r\n");
  let text = "";
  for await (const piece of socket) text += String(piece);
  expect(text).toEndWith("\r\n\r\n/half");
});
