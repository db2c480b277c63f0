// The contract of what makes a request of an item: of a prompt, or of a body that the item holds. tests run one suite over the processor with each.
import type { PresentPart } from "../../../core/fingerprint.ts";
import type { Item } from "../../../core/item.ts";
import { parseLossless } from "../../../core/json-text.ts";
import type { Api, RequestBody } from "../api/api.ts";

/** One request. Items of one run may use several APIs. */
export type Request = {
  readonly api: Api;
  /** Without pictures. */
  readonly body: RequestBody;
  /** Adds the pictures to the body: as they are shown, or whole, which reads files. */
  readonly pictures?: {
    shown(body: RequestBody): RequestBody;
    whole(body: RequestBody): { readonly body: RequestBody } | { readonly wrong: string };
  };
  /** Number of items that it is for, if there are several. */
  readonly count?: number;
};

/** Why an item has no request: names of fields that it lacks, or what is wrong with it. The item fails, kind `input`. */
export type NoRequest = { readonly missing: readonly string[] } | { readonly wrong: string };

/** Contract: the same item always has the same request. Nothing throws because of an item. */
export type RequestMaker = {
  requestOf(item: Item): Request | NoRequest;
  /** Paths of the fields that must occur in items, outermost name first (`Processor.fieldPaths`). */
  readonly fieldPaths: readonly (readonly string[])[];
  /** Whether the item's number is part of its request. */
  readonly usesIndex: boolean;
  /** What the request depends on, without model, parameters and API. */
  readonly fingerprintParts: readonly PresentPart[];
};

/** A parameter of `--param`: its name, and its value as JSON text or plain text. */
export type GivenParam = readonly [name: string, text: string];

/** What goes on top of every body. */
export type OnTop = { readonly model: string | null; readonly params: readonly GivenParam[] };

/** Returns a function that adds model and parameters to a body; they win over what it holds. */
export function bodyCompleter({ model, params }: OnTop): (body: RequestBody) => RequestBody {
  const named = model === null ? {} : { model };
  const values = Object.fromEntries(params.map(([name, text]) => [name, paramValue(text)] as const));
  return (body) => ({ ...named, ...body, ...named, ...values });
}

/** The JSON value of the text (numbers keep their digits), or the text itself if it is not JSON. */
function paramValue(text: string): unknown {
  try {
    return parseLossless(text);
  } catch {
    return text;
  }
}

/** The limit that a request sets for its answer, in tokens; null without one. */
export function answerBound({ api, body }: Request): number | null {
  const value = api.boundNames.map((name) => body[name]).find((one) => one !== undefined && one !== null);
  // A number that keeps its digits is an object, which JSON.stringify writes as the number.
  const tokens = value === undefined ? Number.NaN : Number(JSON.stringify(value));
  return tokens > 0 ? tokens : null;
}
