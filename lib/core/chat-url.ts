// The address that a chat endpoint is asked at.

/** @param baseUrl as `--base-url` has it */
export function chatUrl(baseUrl: string): string {
  return `${baseUrl.replace(/\/+$/, "")}/chat/completions`;
}
