// Makes the JSON text of an output from what a command printed.
import { causeText } from "../core/errors.ts";
import { jsonInText } from "./check/json-in-text.ts";
import { compactJson } from "../core/json-text.ts";
import { invalidUtf8 } from "../core/utf8.ts";
import { failed } from "./outcomes.ts";
import type { Outcome } from "./processor.ts";

/** How standard output becomes an output: as a text, or parsed as JSON. Part of the fingerprint. */
export type Parse = "text" | "json";

/** The outcome of a successful command: its standard output without the last line end, or a failure of kind `bad_output`. */
export function outputOf(stdout: Buffer, parse: Parse): Outcome {
  const invalid = invalidUtf8(stdout);
  if (invalid !== null) return failed("bad_output", `standard output is not UTF-8: ${invalid}`, true);
  const text = stdout.toString("utf8");
  if (parse === "text") return { status: "ok", outputJson: JSON.stringify(withoutLineEnd(text)) };
  const json = jsonInText(text);
  if (json !== null) return { status: "ok", outputJson: json, text };
  const found = text.trim() === "" ? "it is empty" : whyNoJson(text);
  return failed("bad_output", `standard output is not JSON (--parse json): ${found}`, true, { text });
}

function whyNoJson(text: string): string {
  try {
    compactJson(text);
    return "";
  } catch (error) {
    return causeText(error);
  }
}

function withoutLineEnd(text: string): string {
  if (!text.endsWith("\n")) return text;
  return text.slice(0, text.endsWith("\r\n") ? -2 : -1);
}
