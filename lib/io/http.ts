// The network's end of a chat endpoint: fetch without a timeout of its own, and bodies that are read up to a limit.

/** Bun's fetch gives up after five minutes by itself; the caller's signal is the only limit here. */
export const httpFetch = (url: string | URL | Request, init?: RequestInit): Promise<Response> =>
  fetch(url, { ...init, timeout: false } as RequestInit);

/** The body as text, or null when it is larger than `maxBytes`; what is left of it is not read then. @throws when the connection fails */
export async function readText(response: Response, maxBytes: number): Promise<string | null> {
  // The length that is announced is the one before it is unpacked.
  const { headers } = response;
  const isPacked = headers.has("content-encoding");
  if (!isPacked && Number(headers.get("content-length") ?? Number.POSITIVE_INFINITY) <= maxBytes)
    return response.text();
  if (response.body === null) return "";
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for await (const chunk of response.body) {
    bytes += chunk.length;
    if (bytes > maxBytes) return null;
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
