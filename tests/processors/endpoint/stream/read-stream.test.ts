// When a stream is over, and how long it may be silent.
import { expect, test } from "bun:test";
import { chat } from "../../../../lib/processors/endpoint/api/chat.ts";
import { IdleLimit } from "../../../../lib/processors/endpoint/stream/idle-limit.ts";
import { readStream, type Streamed } from "../../../../lib/processors/endpoint/stream/read-stream.ts";
import { ChoicesAssembler } from "../../../../lib/processors/endpoint/stream/choices-assembler.ts";
import { FakeClock, settle } from "../../../helpers/fake-clock.ts";

const chunk = (delta: object, reason: string | null = null): string =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: reason }] })}\n\n`;
const WHOLE = [chunk({ role: "assistant", content: "" }), chunk({ content: "18" }), chunk({}, "stop")];

/** A response whose bytes the test sends, and which it ends or breaks. */
function opened(
  clock: FakeClock,
  idleMs: number | null,
): {
  readonly send: (text: string) => Promise<void>;
  readonly end: () => void;
  readonly cut: () => void;
  readonly streamed: Promise<Streamed | Error>;
  readonly wasCancelled: () => boolean;
} {
  let controller: ReadableStreamDefaultController<Uint8Array> | null = null;
  let wasCancelled = false;
  const body = new ReadableStream<Uint8Array>({
    start: (made) => void (controller = made),
    cancel: () => void (wasCancelled = true),
  });
  const cut = (): void => controller?.error(new Error("cut"));
  const streamed = readStream(new Response(body), {
    api: chat,
    assembler: new ChoicesAssembler("message"),
    maxBytes: 65_536,
    idle: new IdleLimit(idleMs, clock, cut), // as the abort of a request does
    clock,
  }).catch((error: Error) => error);
  const send = async (text: string): Promise<void> => {
    controller?.enqueue(Buffer.from(text));
    await settle();
  };
  return { send, end: () => controller?.close(), cut, streamed, wasCancelled: () => wasCancelled };
}

const textOf = (streamed: Streamed | Error): unknown =>
  "json" in streamed
    ? (
        JSON.parse(streamed.json) as {
          readonly choices: [{ readonly message: { readonly content: string } }];
        }
      ).choices[0].message.content
    : streamed;

test("what is complete counts although the connection breaks afterwards", async () => {
  const stream = opened(new FakeClock(), null);
  for (const piece of WHOLE) await stream.send(piece);
  stream.cut();
  expect(textOf(await stream.streamed)).toBe("18");
});

test("a connection that breaks before is an error", async () => {
  const stream = opened(new FakeClock(), null);
  await stream.send(WHOLE[0] ?? "");
  stream.cut();
  expect(await stream.streamed).toBeInstanceOf(Error);
});

test("after [DONE] the end of the connection is awaited for a moment only, also without a limit", async () => {
  for (const idleMs of [null, 100, 60_000]) {
    const clock = new FakeClock();
    const stream = opened(clock, idleMs);
    for (const piece of [...WHOLE, "data: [DONE]\n\n"]) await stream.send(piece);
    await clock.advance(250);
    expect(textOf(await stream.streamed)).toBe("18");
  }
});

test("each byte begins the time anew, a comment too; then the silence ends the stream", async () => {
  const clock = new FakeClock();
  const stream = opened(clock, 1000);
  for (let at = 0; at < 5; at++) {
    await clock.advance(900);
    await stream.send(at === 2 ? (WHOLE[0] ?? "") : ": processing\n\n");
  }
  let isOver = false;
  void stream.streamed.then(() => (isOver = true));
  await clock.advance(999);
  expect(isOver).toBe(false);
  await clock.advance(1);
  expect(await stream.streamed).toBeInstanceOf(Error);
});

test("a silent stream that has said how the answer ended is complete", async () => {
  const clock = new FakeClock();
  const stream = opened(clock, 1000);
  for (const piece of WHOLE) await stream.send(piece);
  await clock.advance(1000);
  expect(textOf(await stream.streamed)).toBe("18");
});

test("the time of the first token is that of the first delta with something in it", async () => {
  const clock = new FakeClock();
  const stream = opened(clock, null);
  await stream.send(": processing\n\n");
  await clock.advance(100);
  await stream.send(WHOLE[0] ?? "");
  await clock.advance(100);
  await stream.send(chunk({ reasoning_content: "Let me think" }));
  await clock.advance(100);
  for (const piece of WHOLE.slice(1)) await stream.send(piece);
  stream.end();
  expect(await stream.streamed).toMatchObject({ firstTokenAtMs: 200 });
});

test("an error ends the reading at once", async () => {
  const stream = opened(new FakeClock(), null);
  await stream.send(WHOLE[0] ?? "");
  await stream.send('data: {"error":{"message":"boom"}}\n\n');
  expect(await stream.streamed).toMatchObject({ json: '{"error":{"message":"boom"}}' });
  expect(stream.wasCancelled()).toBe(true);
});
