// Server-sent events read with fetch: EventSource can send no header.

export type ServerEvent = { readonly name: string; readonly data: string };

/**
 * The events of an answer, until it ends.
 * @param silenceMs after so long without a byte the request is aborted
 * @throws AbortError then
 */
export async function* eventsOf(
  response: Response,
  silenceMs: number,
  abort: AbortController,
): AsyncGenerator<ServerEvent, void, void> {
  if (response.body === null) return;
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const patience = setTimeout(() => abort.abort(), silenceMs);
    const { value, done } = await reader.read().finally(() => clearTimeout(patience));
    if (done) return;
    text += value;
    const blocks = text.split("\n\n");
    text = blocks.pop() ?? "";
    for (const block of blocks) {
      const event = eventOf(block);
      if (event !== null) yield event;
    }
  }
}

/** Null: a comment. */
function eventOf(block: string): ServerEvent | null {
  let name = "message";
  const data: string[] = [];
  for (const line of block.split("\n")) {
    if (line.startsWith("event:")) name = line.slice(6).trim();
    else if (line.startsWith("data:")) data.push(line.slice(5).replace(/^ /, ""));
  }
  return data.length === 0 ? null : { name, data: data.join("\n") };
}
