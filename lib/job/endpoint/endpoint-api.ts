// `--api` and `--answer`: which API a run uses, what is kept of its answers, and which other options fit to it.
import { CkptError } from "../../core/errors.ts";
import { nearestOf } from "../../core/nearest.ts";
import { ANSWER_KINDS, type AnswerChoice, type Api } from "../../processors/endpoint/api/api.ts";
import type { GivenParam } from "../../processors/endpoint/request/request.ts";
import type { Question } from "./endpoint-question.ts";
import { apiNamed, APIS } from "../../processors/endpoint/api/apis.ts";
import { answerText } from "../../processors/endpoint/endpoint-answer.ts";
import type { GroupLimits } from "../../processors/group/group-filler.ts";

const API_DEFAULT = "chat";

/** @param name as given by `--api`; null: the default @throws usage.badValue */
export function chosenApi(name: string | null): Api {
  const api = apiNamed(name ?? API_DEFAULT);
  if (api !== null) return api;
  const expected = [...APIS.map((one) => one.name), "/PATH"].join(", ");
  throw new CkptError("usage.badValue", { option: "--api", value: name ?? "", expected });
}

/** What `--answer` names: a word, or the path of a field in the grammar of `--json-path`. @throws usage.badValue */
export function chosenAnswer(text: string | null, api: Api): AnswerChoice | null {
  if (text === null) return null;
  const kind = ANSWER_KINDS.find((one) => one === text);
  if (kind !== undefined && api.answers.includes(kind)) return kind;
  const path = text.split(".");
  // A misspelt word would be a path that no answer has, and be noticed when every answer is paid for.
  const isWord = kind !== undefined || (path.length === 1 && nearestOf(text, ANSWER_KINDS) !== null);
  if (!isWord && path.every((name) => /^[^\s.[\]$]+$/.test(name))) return { path };
  const dotted = text.replace(/^\$\.?/, "").replaceAll(/\[['"]?([^\]'"]*)['"]?\]/g, ".$1");
  const example = isWord || !/^[^\s.[\]$]+(?:\.[^\s.[\]$]+)*$/.test(dotted) ? "usage.total_tokens" : dotted;
  throw new CkptError("usage.badValue", {
    option: "--answer",
    value: text,
    expected: `${api.answers.join(", ")}, ${example} (--api ${api.name})`,
  });
}

type Given = {
  readonly question: Question;
  readonly stream: boolean;
  readonly params: readonly GivenParam[];
  readonly image: readonly string[];
};

/** Refuses options for which requests of the API have no place, and misses those that they need. @throws usage.conflict, usage.needs */
export function checkForApi(api: Api, { question, stream, params, image }: Given): void {
  const option = `--api ${api.name}`;
  const conflict = (first: string): CkptError => new CkptError("usage.conflict", { first, second: option });
  if (stream && api.stream === null) throw conflict("--stream");
  if (image.length > 0 && api.parts === null) throw conflict("--image");
  if (image.length > 0 && question.kind === "batch")
    throw new CkptError("usage.needs", { option: "--image", needed: "--prompt" });
  switch (question.kind) {
    case "body":
      return;
    case "batch":
      // The url of each line says it.
      if (api.name !== API_DEFAULT) throw conflict("--format openai-batch");
      return;
    case "messages":
      if (api.messagesBody === null) throw conflict("--messages");
      break;
    case "prompt":
      if (api.bodyOf === null) throw conflict("--prompt");
      if (question.system !== null && !api.hasSystem) throw conflict("--system");
  }
  const missing = api.requiredNames.find((required) => params.every(([name]) => name !== required));
  if (missing !== undefined) throw new CkptError("usage.needs", { option, needed: `--param ${missing}=N` });
}

type Grouping = {
  readonly itemsPerRequest: number | null;
  readonly tokensPerRequest: number | null;
  readonly answer: AnswerChoice | null;
};

/** Which items share a request; null: each has its own. @throws usage.needs, usage.conflict */
export function chosenGroups(
  api: Api,
  { itemsPerRequest, tokensPerRequest, answer }: Grouping,
): GroupLimits | null {
  if (itemsPerRequest === null) return null;
  const option = "--items-per-request";
  if (api.shared === null) {
    const able = APIS.filter(({ shared }) => shared !== null).map(({ name }) => `--api ${name}`);
    throw new CkptError("usage.needs", { option, needed: able.join(", ") });
  }
  // Anything else of an answer belongs to all items of the request.
  if (answer !== null && answer !== api.answers[0])
    throw new CkptError("usage.conflict", { first: `--answer ${answerText(answer)}`, second: option });
  return itemsPerRequest === 1 ? null : { itemsMax: itemsPerRequest, tokensMax: tokensPerRequest };
}

/** Parameters that ckpt sets itself. */
export function reservedParams(api: Api, { kind }: Question): readonly string[] {
  const questionNames = kind === "prompt" || kind === "messages" ? api.questionNames : [];
  return ["model", ...questionNames, "stream", "stream_options", "n"];
}
