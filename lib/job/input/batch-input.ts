// A run that says nothing of what to ask: its input has to be a batch file of OpenAI, which is recognised by its first line.
import { CkptError } from "../../core/errors.ts";
import type { JsonValue } from "../../core/item.ts";
import { BATCH_ID, batchForm } from "../../core/openai-batch.ts";
import { openPart } from "../../input/open-part.ts";
import type { Host } from "../../cli/host.ts";
import type { InputSource } from "./input-source.ts";
import type { RunSettings } from "../run-settings.ts";

/** JSON lines may be those of a batch, compressed or not. */
const LINES = /^(?:jsonl|ndjson|openai-batch)(?=\.|$)/i;

/** The format of an input of requests. @param format as given by `--format` @throws endpoint.noQuestion when it is another one */
export function batchFormat(format: string | null, input: string): string {
  if (format === null) return "openai-batch";
  if (LINES.test(format)) return format.replace(LINES, "openai-batch");
  throw new CkptError("endpoint.noQuestion", { path: input, isResult: false });
}

/** Looks at the first line of each file; what comes by standard input or a pipe is checked when it is read. @throws endpoint.noQuestion */
export async function refuseOtherInput(
  { processor }: RunSettings,
  { parts, kept, ...said }: InputSource,
  { fs }: Host,
): Promise<void> {
  if (processor.kind !== "endpoint" || processor.question.kind !== "batch" || kept) return;
  for (const { path, ...part } of parts) {
    if (path === null) continue;
    const spec = { ...said, ...part, ...NO_RULES, path, delimiter: null };
    const found = formOf(await openPart(spec, fs).head().catch(nothing));
    if (found !== "request")
      throw new CkptError("endpoint.noQuestion", { path: part.shownPath, isResult: found === "result" });
  }
}

const NO_RULES = { hashIndex: false, hashFile: false, hashLine: false, withText: false } as const;

/** What is no text is no batch file. */
function nothing(error: unknown): string {
  if (error instanceof CkptError) return "";
  throw error;
}

function formOf(head: string): "request" | "result" | "other" {
  const [, line = "", end] = /^\s*([^\n]*)(\n?)/.exec(head) ?? [];
  try {
    return batchForm(JSON.parse(line) as JsonValue) ?? "other";
  } catch {
    // A line that is longer than what was read is seen whole by the reader.
    return end === "" && line.includes(`"${BATCH_ID}"`) ? "request" : "other";
  }
}
