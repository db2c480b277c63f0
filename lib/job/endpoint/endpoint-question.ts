// What is asked of an endpoint: a prompt, an array of messages, a whole body, or, without any of them, the requests that the items are (a batch file).
import { CkptError } from "../../core/errors.ts";
import type { SettingsOf } from "../../cli/declaration.ts";
import type { Api } from "../../processors/endpoint/api/api.ts";
import type { OnTop, RequestMaker } from "../../processors/endpoint/request/request.ts";
import type { RunArguments } from "../arguments/run-arguments.ts";

/** Texts as they were given: the text itself, or `@FILE`. */
export type Question =
  | { readonly kind: "prompt"; readonly prompt: string; readonly system: string | null }
  | { readonly kind: "messages" | "body"; readonly template: string }
  | { readonly kind: "batch" };

/** @throws usage.needs, usage.systemElsewhere */
export function givenQuestion({ prompt, system, messages, body }: SettingsOf<RunArguments>): Question {
  if (prompt !== null) return { kind: "prompt", prompt, system };
  const question: Question =
    messages !== null
      ? { kind: "messages", template: messages }
      : body !== null
        ? { kind: "body", template: body }
        : { kind: "batch" };
  if (system === null) return question;
  if (question.kind === "batch")
    throw new CkptError("usage.needs", { option: "--system", needed: "--prompt" });
  throw new CkptError("usage.systemElsewhere", { option: `--${question.kind}` });
}

/** What a status and messages call it where there is no model. */
export function shownQuestion({ kind }: Question): string {
  return kind === "batch" ? "openai-batch" : `--${kind}`;
}

/** A text of an option; `earlier` as earlier versions of ckpt read it. */
export type OptionText = { readonly text: string; readonly earlier: string };

/**
 * @param read the text of an option
 * @throws endpoint.emptyFile, endpoint.notTemplate, and what `read` throws
 */
export async function makeRequests(
  question: Question,
  given: OnTop & { readonly api: Api; readonly hasId: boolean },
  read: (option: string, value: string) => OptionText,
): Promise<RequestMaker> {
  switch (question.kind) {
    case "prompt": {
      const { promptRequests } = await import("../../processors/endpoint/request/prompt-request.ts");
      const prompt = filled("--prompt", question.prompt, read);
      const system = question.system === null ? null : read("--system", question.system);
      return promptRequests({
        ...given,
        prompt: prompt.text,
        system: system?.text ?? null,
        earlier: { prompt: prompt.earlier, system: system?.earlier ?? "" },
      });
    }
    case "messages":
    case "body": {
      const option = `--${question.kind}`;
      const { messagesRequests, bodyRequests } =
        await import("../../processors/endpoint/request/json-request.ts");
      const { text: template } = filled(option, question.template, read);
      try {
        const settings = { ...given, template };
        return question.kind === "body" ? bodyRequests(settings) : messagesRequests(settings);
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error;
        throw new CkptError("endpoint.notTemplate", { option, cause: error.message }, { cause: error });
      }
    }
    case "batch":
      return (await import("../../processors/endpoint/request/batch-request.ts")).batchRequests(given);
  }
}

function filled(
  option: string,
  value: string,
  read: (option: string, value: string) => OptionText,
): OptionText {
  const found = read(option, value);
  if (found.text.trim() === "")
    throw new CkptError("endpoint.emptyFile", { option, path: value.replace(/^@/, "") });
  return found;
}
