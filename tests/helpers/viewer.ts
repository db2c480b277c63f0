// `ckpt view` as a test talks to it: started, asked with its token, and ended.
import * as net from "node:net";
import type {
  Filter,
  ItemView,
  Overview,
  PageFault,
  Rows,
  SourceEntry,
} from "../../lib/view/page-contract.ts";
import { start } from "./ckpt.ts";
import { until } from "./until.ts";

export type Viewer = {
  readonly child: ReturnType<typeof start>;
  readonly url: string;
  readonly port: number;
  readonly token: string;
  /** What it says on standard error, when it has ended. */
  readonly errors: Promise<string>;
  get(target: string, headers?: Record<string, string>): Promise<Response>;
  sources(): Promise<readonly SourceEntry[]>;
  overview(source?: string): Promise<Overview>;
  rows(filter?: Filter, from?: number, count?: number, source?: string): Promise<Rows>;
  item(ref: string, source?: string): Promise<ItemView>;
  /** Calls back with each event, until the signal. Resolves when the stream has ended. */
  events(on: (name: string, data: Overview) => void, signal: AbortSignal, source?: string): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
};

/** Starts `ckpt view ARGS` and waits for its address. */
export async function viewer(
  folder: string,
  args: readonly string[] = [],
  env: Record<string, string> = {},
): Promise<Viewer> {
  const child = start(folder, ["view", ...args], env);
  const errors = child.stderr.text();
  const url = await firstLine(child.stdout);
  if (url === "") throw new Error(`ckpt view gave no address: ${await errors}`);
  const [, port = "", token = ""] = /^http:\/\/127\.0\.0\.1:(\d+)\/#token=([\w-]{43})$/.exec(url) ?? [];
  const get = (target: string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`http://127.0.0.1:${port}${target}`, {
      headers: { authorization: `Bearer ${token}`, ...headers },
    });
  const json = async <T>(target: string): Promise<T> => {
    const response = await get(target);
    const value = (await response.json()) as T & PageFault;
    if (!response.ok) throw new Error(`${response.status} ${value.error.code}: ${value.error.message}`);
    return value;
  };
  const query = (values: Record<string, string>): string => String(new URLSearchParams(values));
  return {
    child,
    url,
    port: Number(port),
    token,
    errors,
    get,
    sources: () => json("/api/sources"),
    overview: (source = "checkpoint") => json(`/api/overview?${query({ source })}`),
    rows: async (filter = {}, from = 0, count = 100, source = "checkpoint") => {
      const asked = `/api/rows?${query({ source, from: String(from), count: String(count), ...filter })}`;
      let rows = await json<Rows>(asked);
      await until(async () => rows.searched === rows.total || ((rows = await json<Rows>(asked)), false));
      return rows;
    },
    item: (ref, source = "checkpoint") => json(`/api/item?${query({ source, ref })}`),
    events: async (on, signal, source = "checkpoint") => {
      const response = await fetch(`http://127.0.0.1:${port}/api/events?${query({ source })}`, {
        headers: { authorization: `Bearer ${token}` },
        signal,
      });
      await readEvents(response, on);
    },
    [Symbol.asyncDispose]: async () => {
      child.kill();
      await child.exited;
    },
  };
}

async function firstLine(stream: ReadableStream<Uint8Array>): Promise<string> {
  let text = "";
  for await (const piece of stream) {
    text += Buffer.from(piece).toString();
    if (text.includes("\n")) break;
  }
  return text.split("\n")[0] ?? "";
}

async function readEvents(response: Response, on: (name: string, data: Overview) => void): Promise<void> {
  let text = "";
  const decoder = new TextDecoder();
  try {
    for await (const piece of response.body ?? []) {
      text += decoder.decode(piece, { stream: true });
      const pieces = text.split("\n\n");
      text = pieces.pop() ?? "";
      for (const each of pieces) {
        const [, name, data] = /^event: (\w+)\ndata: (.*)$/s.exec(each) ?? [];
        if (name !== undefined && data !== undefined) on(name, JSON.parse(data) as Overview);
      }
    }
  } catch (error) {
    if (!(error instanceof Error)) throw error; // the stream was given up, or its sender was killed
  }
}

/** Sends bytes as they are and returns all that is answered. */
export function rawAnswer(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = "";
    const socket = net.connect(port, "127.0.0.1", () => socket.write(text, "latin1"));
    socket.on("data", (bytes) => (answer += bytes.toString("latin1")));
    socket.on("close", () => resolve(answer));
    socket.on("error", reject);
  });
}
