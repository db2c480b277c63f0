// The words of the page: both languages say the same things, and all of it is used.
import { expect, test } from "bun:test";
import { en } from "../../../lib/view/page/messages/en.ts";
import { zh } from "../../../lib/view/page/messages/zh.ts";
import { sources } from "../../helpers/source-texts.ts";

/** What messages are called with that do not take numbers. */
const ARGUMENTS: { readonly [at: string]: readonly unknown[] | undefined } = {
  ".charts.described": ["1", ["2"]],
  ".facts.runEnd": ["signal", false],
};

/** Every text of a catalogue by its place; a function is called with some values. */
function texts(value: unknown, at: string): [string, string][] {
  if (typeof value === "string") return [[at, value]];
  if (typeof value === "function") {
    const values = Array.from({ length: value.length }, (_, index) => 1500 + index);
    return [[at, String(Reflect.apply(value, undefined, ARGUMENTS[at] ?? values))]];
  }
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, entry]) => texts(entry, `${at}.${key}`));
}

/** Texts without words. */
const SIGNS = /^(?:[\d.,#–…：]|ckpt)*$/;
/** Names that stand in both languages, or the name of the other language. */
const SAME =
  /^\.(?:language|tag|shell\.language|item\.views\.markdown|facts\.kinds\.worker|table\.id|filters\.whereHint|charts\.(?:at|described)|figures\.latencySplit|cost|help\.keys\.\d+\.0)$/;

test("both languages have the same messages, each in its own words", () => {
  const [english, chinese] = [texts(en, ""), texts(zh, "")];
  expect(chinese.map(([at]) => at)).toEqual(english.map(([at]) => at));
  const worded = ([at, text]: readonly [string, string]): boolean => !SAME.test(at) && !SIGNS.test(text);
  const han = /\p{Script=Han}/u;
  expect(english.filter((it) => worded(it) && han.test(it[1]))).toEqual([]);
  expect(chinese.filter((it) => worded(it) && !han.test(it[1]))).toEqual([]);
  for (const [at, text] of [...english, ...chinese])
    expect({ at, text }).not.toEqual({ at, text: expect.stringMatching(/undefined|\[object|NaN/) });
});

/** Objects of which a message is chosen by a value, not by its name. */
const CHOSEN = new Set([
  "themes",
  "sources",
  "states",
  "waits",
  "uncounted",
  "stops",
  "kinds",
  "sorts",
  "statuses",
  "views",
  "endpointStates",
  "keys",
  "sourceGroups",
  "uncounted",
]);

/** Names of messages and of their groups. */
function names(value: object): string[] {
  return Object.entries(value).flatMap(([name, entry]: [string, unknown]) =>
    [name].concat(typeof entry === "object" && entry !== null && !CHOSEN.has(name) ? names(entry) : []),
  );
}

test("every message of the page is used", () => {
  const code = sources("lib/view/page")
    .filter(({ file }) => !file.includes("/messages/"))
    .map((it) => it.code)
    .join("\n");
  expect(names(en).filter((name) => !new RegExp(`\\b${name}\\b`).test(code))).toEqual([]);
});
