// A strict reader of batch outputs: takes what OpenAI's published schema (BatchRequestOutput) says, and nothing else.

export type BatchLine = {
  readonly id: string;
  readonly custom_id: string;
  readonly response: {
    readonly status_code: number;
    readonly request_id: string;
    readonly body: { readonly [name: string]: unknown };
  } | null;
  readonly error: { readonly code: string; readonly message: string } | null;
};

/** The lines of a batch output. @throws Error naming the line and what is wrong with it */
export function readBatchOutput(text: string): BatchLine[] {
  if (!text.endsWith("\n") && text !== "") throw new Error("the last line has no end");
  const lines = text.split("\n").slice(0, -1).map(readLine);
  for (const name of ["id", "custom_id"] as const) {
    const values = lines.map((line) => line[name]);
    const twice = values.find((value, at) => values.indexOf(value) !== at);
    if (twice !== undefined) throw new Error(`${name} ${twice} stands twice`);
  }
  return lines;
}

function readLine(text: string, at: number): BatchLine {
  const wrong = (what: string): Error => new Error(`line ${at + 1}: ${what}: ${text.slice(0, 300)}`);
  const value: unknown = JSON.parse(text);
  const line = keysOf(value, ["id", "custom_id", "response", "error"], wrong);
  if (!isText(line["id"])) throw wrong("id is no text");
  if (!isText(line["custom_id"])) throw wrong("custom_id is no text");
  const { response, error } = line;
  if ((response === null) === (error === null)) throw wrong("neither or both of response and error");
  if (response !== null) {
    const inner = keysOf(response, ["status_code", "request_id", "body"], wrong);
    const status = inner["status_code"];
    if (!Number.isInteger(status) || Number(status) < 200 || Number(status) > 599)
      throw wrong("status_code is no HTTP status");
    if (!isText(inner["request_id"])) throw wrong("request_id is no text");
    keysOf(inner["body"], null, wrong);
  }
  if (error !== null) {
    const inner = keysOf(error, ["code", "message"], wrong);
    if (!isText(inner["code"]) || !isText(inner["message"])) throw wrong("code or message is no text");
  }
  return value as BatchLine;
}

function isText(value: unknown): boolean {
  return typeof value === "string" && value !== "";
}

/** @param keys exactly these; null: any */
function keysOf(
  value: unknown,
  keys: readonly string[] | null,
  wrong: (what: string) => Error,
): { readonly [name: string]: unknown } {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw wrong("no object");
  const found = Object.keys(value).join();
  if (keys !== null && found !== keys.join()) throw wrong(`the keys are ${found}, not ${keys.join()}`);
  return value as { readonly [name: string]: unknown };
}
