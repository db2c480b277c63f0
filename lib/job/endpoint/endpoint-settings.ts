// The endpoint settings of a run, from its arguments. Files and the key are read later, when the processor is made, so the key is never part of the
// settings.
import type { Mark } from "../../processors/endpoint/endpoint-rules.ts";
import { MARKS } from "../../processors/endpoint/endpoint-rules.ts";
import { CkptError } from "../../core/errors.ts";
import type { AnswerChoice, Api } from "../../processors/endpoint/api/api.ts";
import type { Prices } from "../../processors/endpoint/endpoint-answer.ts";
import type { GroupLimits } from "../../processors/group/group-filler.ts";
import type { GivenParam } from "../../processors/endpoint/request/request.ts";
import type { GivenHeader } from "../../processors/endpoint/endpoint.ts";
import type { SettingsOf } from "../../cli/declaration.ts";
import { checkForApi, chosenAnswer, chosenApi, chosenGroups, reservedParams } from "./endpoint-api.ts";
import { givenQuestion, type Question } from "./endpoint-question.ts";
import { givenHeaders } from "./endpoint-headers.ts";
import { type Servers, serverChoices } from "./endpoint-servers.ts";
import type { Host } from "../../cli/host.ts";
import { parseChoice } from "../../cli/values.ts";
import type { RunArguments } from "../arguments/run-arguments.ts";

export type EndpointChoice = {
  readonly kind: "endpoint";
  /** Null: that of the items' own requests. */
  readonly model: string | null;
  readonly question: Question;
  readonly servers: Servers;
  /** What results depend on in place of the base URLs; null: on those. */
  readonly endpointName: string | null;
  readonly headers: readonly GivenHeader[];
  readonly keyFile: string | null;
  /** A shell text that prints the key. */
  readonly keyCommand: string | null;
  /** As given: text, or `@FILE`. */
  readonly params: readonly GivenParam[];
  readonly api: Api;
  readonly stream: boolean;
  readonly answer: AnswerChoice | null;
  /** Which items share a request; null: each has its own. */
  readonly groups: GroupLimits | null;
  readonly failOn: readonly Mark[];
  readonly prices: Prices | null;
};

/** The endpoint settings. @throws usage.badValue, usage.repeated, endpoint.* */
export function endpointChoice(settings: SettingsOf<RunArguments>, host: Host): EndpointChoice {
  const { model, stream, priceIn, priceOut } = settings;
  const question = givenQuestion(settings);
  const api = chosenApi(settings.api);
  const params = parseParams(settings.param, reservedParams(api, question));
  checkForApi(api, { question, stream, params, image: settings.image });
  const answer = chosenAnswer(settings.answer, api);
  return {
    kind: "endpoint",
    api,
    model,
    question,
    servers: serverChoices(settings, api, host),
    endpointName: settings.endpointName,
    headers: givenHeaders(settings),
    keyFile: settings.apiKeyFile,
    keyCommand: settings.apiKeyCommand,
    params,
    stream,
    answer,
    groups: chosenGroups(api, { ...settings, answer }),
    failOn: (settings.failOn ?? "")
      .split(",")
      .filter((word) => word !== "")
      .map((word) => parseChoice("--fail-on", word, MARKS)),
    prices: chosenPrices(api, { priceIn, priceOut }),
  };
}

/** Where an answer has no tokens (embeddings), there is one price. @throws usage.needs */
function chosenPrices(
  { boundNames }: Api,
  { priceIn, priceOut }: Pick<SettingsOf<RunArguments>, "priceIn" | "priceOut">,
): Prices | null {
  if (priceIn === null) return null;
  if (priceOut === null && boundNames.length > 0)
    throw new CkptError("usage.needs", { option: "--price-in", needed: "--price-out" });
  return { input: priceIn, output: priceOut ?? 0 };
}

/** @throws usage.badValue, usage.repeated */
function parseParams(texts: readonly string[], reserved: readonly string[]): EndpointChoice["params"] {
  const params = texts.map((text) => parseParam(text, reserved));
  const names = params.map(([name]) => name);
  const twice = names.find((name, at) => names.indexOf(name) < at);
  if (twice !== undefined) throw new CkptError("usage.repeated", { option: `--param ${twice}` });
  return params;
}

function parseParam(text: string, reserved: readonly string[]): readonly [string, string] {
  const at = text.indexOf("=");
  const name = text.slice(0, at);
  if (at <= 0 || reserved.includes(name)) {
    const expected = `KEY=VALUE (not ${reserved.join(", ")})`;
    throw new CkptError("usage.badValue", { option: "--param", value: text, expected });
  }
  return [name, text.slice(at + 1)];
}
