// The APIs by name and by path.
import type { JsonValue } from "../../../core/item.ts";
import type { Api } from "./api.ts";
import { chat } from "./chat.ts";
import { completions } from "./completions.ts";
import { embeddings } from "./embeddings.ts";
import { messages } from "./messages.ts";
import { otherApi } from "./other.ts";
import { responses } from "./responses.ts";

export const APIS: readonly Api[] = [chat, responses, embeddings, completions, messages];

const PATH = /^(?:\/[\w.~!$&'()*+,;=:@%-]+)+$/;

/** The API that a foreign answer is of, by its form; chat when it is none. */
export function apiOfAnswer(value: JsonValue): Api {
  return APIS.find((api) => api.hasAnswer(value)) ?? chat;
}

/** The API at a path below the base URL. */
export function apiAt(path: string): Api {
  return APIS.find((api) => api.path === path) ?? otherApi(path);
}

/** The API that `--api` names: one of the table, or a path; null for anything else. */
export function apiNamed(name: string): Api | null {
  return APIS.find((api) => api.name === name) ?? (PATH.test(name) ? otherApi(name) : null);
}
