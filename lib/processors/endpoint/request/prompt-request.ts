// Requests made of a prompt and a system text: `--prompt` and `--system`.
import type { PresentPart } from "../../../core/fingerprint.ts";
import type { Item } from "../../../core/item.ts";
import {
  expandTemplate,
  fieldPathsOf,
  namesNumber,
  parseTemplate,
  type Template,
} from "../../../core/template.ts";
import { shortened } from "../../fingerprint-parts.ts";
import type { Api } from "../api/api.ts";
import { bodyCompleter, type OnTop, type RequestMaker } from "./request.ts";

export type PromptSettings = OnTop & {
  readonly api: Api;
  /** The templates. */
  readonly prompt: string;
  readonly system: string | null;
  /** The same as read by earlier versions of ckpt, for the same fingerprint. */
  readonly earlier?: { readonly prompt: string; readonly system: string };
  /** The input has ids (`--id`). */
  readonly hasId: boolean;
};

export function promptRequests(settings: PromptSettings): RequestMaker {
  const { api, earlier } = settings;
  const { bodyOf } = api;
  if (bodyOf === null) throw new Error(`a prompt for ${api.name}`);
  const prompt = parseTemplate(settings.prompt);
  const system = settings.system === null ? null : parseTemplate(settings.system);
  const templates = system === null ? [prompt] : [system, prompt];
  const completed = bodyCompleter(settings);
  return {
    requestOf: (item) => {
      const missing: string[] = [];
      const filledSystem = system === null ? null : fill(system, item, missing);
      const filled = { system: filledSystem, prompt: fill(prompt, item, missing) };
      return missing.length > 0 ? { missing } : { api, body: completed(bodyOf(filled)) };
    },
    fieldPaths: fieldPathsOf(templates, settings.hasId),
    usesIndex: namesNumber(templates),
    fingerprintParts: [
      part("prompt", settings.prompt, earlier?.prompt),
      ...(settings.system === null ? [] : [part("system", settings.system, earlier?.system)]),
    ],
  };
}

/** The filled template; names of fields that the item lacks are added to `missing`. */
function fill(template: Template, item: Item, missing: string[]): string {
  const expansion = expandTemplate(template, item);
  if (expansion.ok) return expansion.text;
  missing.push(...expansion.missing);
  return "";
}

function part(name: string, value: string, earlier: string | undefined): PresentPart {
  return { name, value, shown: shortened(value), ...(earlier === undefined ? {} : { earlier }) };
}
