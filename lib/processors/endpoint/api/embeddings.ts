// Embeddings: the answer is a vector of numbers for each input. Vectors are cut out of the text of an answer, because parsing thousands of numbers
// so that they keep their digits takes long.
import type { JsonValue } from "../../../core/item.ts";
import { compactJson } from "../../../core/json-text.ts";
import { arrayElements, objectFields } from "../../../core/object-fields.ts";
import { fieldsOf } from "../../../core/json-fields.ts";
import type { Api, SplitAnswer } from "./api.ts";
import { bearerKey, contentTexts, OPENAI, versionIn } from "./common.ts";

export const embeddings: Api = {
  name: "embeddings",
  home: OPENAI,
  path: "/embeddings",
  headers: {},
  keyHeaders: bearerKey,
  bodyOf: ({ prompt }) => ({ input: prompt }),
  messagesBody: null,
  parts: null,
  hasSystem: false,
  questionNames: ["input"],
  textsOf: ({ input }) => contentTexts(input),
  boundNames: [],
  requiredNames: [],
  answers: ["vector", "full"],
  noAnswer: "the answer is no list of embeddings",
  lacksPart: "it has no data[0].embedding",
  looksLikeAnswer: (value) => Array.isArray(fieldsOf(value)["data"]),
  hasAnswer: (value) => isVector(entriesOf(value)[0]),
  isChunk: () => false,
  stream: null,
  shared: {
    keyOf: ({ input, ...others }) => (typeof input === "string" ? JSON.stringify(others) : null),
    join: (bodies) => ({ ...bodies[0], input: bodies.map(({ input }) => input) }),
    split,
  },
  read: (value, json) => {
    const { usage } = fieldsOf(value);
    const isFilled = isVector(entriesOf(value)[0]);
    return {
      text: "",
      isRefusal: false,
      hasCalls: false,
      isFilled,
      finish: undefined,
      finishName: "finish_reason",
      usage: inputUsage(usage),
      generated: null,
      message: () => null,
      vector: () => (isFilled ? vectorOrList(value, json) : null),
      version: versionIn(value),
    };
  },
};

/** The vector; of a body with several inputs, the list of their vectors. Null if it cannot be told which is of which. */
function vectorOrList(value: JsonValue, json: string): string | null {
  const count = entriesOf(value).length;
  if (count === 1) return vectorsIn(json)[0] ?? null;
  const found = split(value, json, count);
  return "wrong" in found ? null : `[${found.parts.join(",")}]`;
}

/** Vectors by the number that each has (`index`), or in the order of the answer if none has one. */
function split(value: JsonValue, json: string, count: number): SplitAnswer {
  const entries = entriesOf(value);
  if (entries.length !== count) return { wrong: `it has ${entries.length} vectors for ${count} items` };
  if (!entries.every(isVector)) return { wrong: "one of its vectors is missing" };
  const numbers = entries.map((entry) => fieldsOf(entry)["index"] ?? null);
  const vectors = vectorsIn(json);
  if (numbers.every((number) => number === null)) return { parts: vectors };
  const places = new Map(numbers.map((number, at) => [number, at] as const));
  const parts = entries.map((_, item) => vectors[places.get(item) ?? -1]);
  const isWhole = parts.every((part) => part !== undefined);
  return isWhole ? { parts } : { wrong: `its vectors are not numbered from 0 to ${count - 1}` };
}

function entriesOf(value: JsonValue): readonly JsonValue[] {
  const { data } = fieldsOf(value);
  return Array.isArray(data) ? (data as readonly JsonValue[]) : [];
}

/** A vector: numbers, or their bytes in base64 (`encoding_format`). */
function isVector(entry: JsonValue | undefined): boolean {
  const { embedding } = fieldsOf(entry);
  return Array.isArray(embedding) ? embedding.length > 0 : typeof embedding === "string" && embedding !== "";
}

/** Some servers state only the total, which is that of the input. */
function inputUsage(usage: JsonValue | undefined): JsonValue | undefined {
  const { prompt_tokens: prompt, total_tokens: total } = fieldsOf(usage);
  return prompt === undefined && total !== undefined ? { prompt_tokens: total } : usage;
}

/** JSON text of the vector of each entry, in the order of the answer. @param json an answer with vectors */
function vectorsIn(json: string): readonly string[] {
  const data = objectFields(json).get("data") ?? "[]";
  return arrayElements(data).map((entry) => compact(objectFields(entry).get("embedding") ?? "null"));
}

/** Without white space. In an array of numbers it is nowhere else but between them. */
function compact(json: string): string {
  return json.includes('"') ? compactJson(json) : json.replaceAll(/\s+/g, "");
}
