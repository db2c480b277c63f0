// Reads server-sent events from a response of fetch(): EventSource can send no headers.

export type ServerEvent = { readonly name: string; readonly data: string };

/**
 * The events of a response, until it ends.
 * @param silenceMs the request is aborted after so long without a byte
 * @throws AbortError then
 */
export async function* readEvents(
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

/** Null for a comment. */
function eventOf(block: string): ServerEvent | null {
  let name = "message";
  const data: string[] = [];
  for (const line of block.split("\n")) {
    if (line.startsWith("event:")) name = line.slice(6).trim();
    else if (line.startsWith("data:")) data.push(line.slice(5).replace(/^ /, ""));
  }
  return data.length === 0 ? null : { name, data: data.join("\n") };
}
