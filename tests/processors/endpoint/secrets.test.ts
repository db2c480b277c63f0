import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { looksSecret, redactorOf, secretsIn } from "../../../lib/processors/endpoint/secrets.ts";

/** In the form of real keys, none of which was ever given out. */
const KEYS: readonly string[] = [
  "sk-0123456789",
  "sk-proj-Zk3vQ8nT1yRb7xWc5LmH2dJfU9sPaG4eKoXiVwYqNtBzDrCuMhEjFlSg",
  "sk-ant-api03-p4Xw9Lr2Vt7Kz5Nb8Qm1Yc3Hd6Jf0Gs-AAbbCCddEEffGGhhIIjj",
  "AIzaSyD3kQ9vXw2Lr7Vt5Kz8Nb1Qm4Yc6Hd0Jf_g",
  "gsk_x7Qm2Lw9Vr4Kt6Zb1Np8Yc3Hd5Jf0GsTuEaWiOeRlPkMjNhBgVfCdXsZ",
  "sk-or-v1-4f9b2c7d1e8a3f6b5c0d9e2a7b4c1d8e3f6a5b0c9d2e7f4a1b8c3d6e",
  "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",
  "nvapi-4Kz8Nb1Qm4Yc6Hd0Jf3vXw2Lr7Vt5aPq9Sd",
  "d3b07384d113edec49eaa6238ad5ff00", // Azure, 32 hex digits
  "D3B07384D113EDEC49EAA6238AD5FF00",
  "0f8fad5b-d9cb-469f-a165-70867728950e",
  "4f9b2c7d1e8a3f6b5c0d9e2a7b4c1d8e.x7Qm2Lw9Vr4Kt6Zb", // Zhipu
  "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U",
  "QUJDREVGR0g/SUpLTE1OT1A/UVJTVFVWV1g=", // base64
  "ABSK+QmVkcm9ja0FQSUtleS1hYmNk/ZWZnaA==",
  "bce-v3/ALTAK-IS4Q9vXw2Lr7Vt5/d3b07384d113edec49ea",
  "topsecret-abcdef-0123",
  "correct-horse-battery-staple",
  "QwErTyUiOpAsDfGhJkLz",
];

const WORDS: readonly string[] = [
  "",
  "EMPTY",
  "none",
  "ollama",
  "lm-studio",
  "lmstudio",
  "not-needed",
  "no-key-required",
  "sk-no-key-required",
  "your-api-key-here",
  "placeholder",
  "token-abc",
  "sk-1234",
  "test1234",
  "gpt4all",
  "internationalization",
  "Internationalization",
  "counterrevolutionaries",
  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
  "sk-xxxxxxxxxxxxxxxxxxxxxxxx",
  "000000000000000000",
];

describe("looksSecret()", () => {
  test.each(KEYS)("%s is a secret", (key) => {
    expect(looksSecret(key)).toBe(true);
  });

  test.each(WORDS)("%j is a word", (word) => {
    expect(looksSecret(word)).toBe(false);
  });
});

test.each<[value: string, found: readonly string[]]>([
  ["Bearer gsk_x7Qm2Lw9Vr4Kt6Zb", ["gsk_x7Qm2Lw9Vr4Kt6Zb"]],
  ["session=4f9b2c7d1e8a3f6b; lang=en", ["4f9b2c7d1e8a3f6b"]],
  ["QUJDREVGR0g/SUpLTE1OT1A=", ["QUJDREVGR0g/SUpLTE1OT1A="]],
  ["correct horse battery staple", ["correct horse battery staple"]],
  ["research team", []],
  [
    `Basic ${Buffer.from("ann:hunter2-hunter3").toString("base64")}`,
    [Buffer.from("ann:hunter2-hunter3").toString("base64"), "hunter2-hunter3"],
  ],
])("secretsIn(%j) is %j", (value, found) => {
  expect(secretsIn(value)).toEqual(found);
});

const hex = (code: number, digits: number): string => code.toString(16).padStart(digits, "0");
/** Ways in which a character is written in JSON strings, URLs and pages. */
const WRITTEN: readonly (readonly [name: string, write: (character: string) => string])[] = [
  ["as it is", (character) => character],
  ["as \\/", (character) => (character === "/" ? "\\/" : character)],
  ["as \\u002f", (character) => `\\u${hex(character.charCodeAt(0), 4)}`],
  ["as %2f", (character) => `%${hex(character.charCodeAt(0), 2)}`],
  ["as &#47;", (character) => `&#${character.charCodeAt(0)};`],
  ["as &#x2F;", (character) => `&#x${hex(character.charCodeAt(0), 2).toUpperCase()};`],
  ["as \\u002F", (character) => `\\u${hex(character.charCodeAt(0), 4).toUpperCase()}`],
];

describe("redactorOf()", () => {
  test.each(KEYS.flatMap((key) => WRITTEN.map(([name, write]) => [key, name, write] as const)))(
    "takes %s, %s, out of JSON, in values and in keys; the rest keeps every byte",
    (key, _, write) => {
      const written = Array.from(key, write).join("");
      const given = `{"id":12345678901234567890, "é":"\\u00e9\\/ 1.10","${written}":["x ${written} y", 1.10 , "\\ud83d"] }`;
      const clean = redactorOf([key]).json(given);
      expect(clean).toBe(
        `{"id":12345678901234567890, "é":"\\u00e9\\/ 1.10","[key]":["x [key] y", 1.10 , "\\ud83d"] }`,
      );
    },
  );

  test.each(
    KEYS.flatMap((key) =>
      ["", "Bearer ", "x", "user:", '{"a":"'].flatMap((before) =>
        (["base64", "base64url", "hex"] as const).map((encoding) => [key, before, encoding] as const),
      ),
    ),
  )("takes %s, behind %j, out of %s", (key, before, encoding) => {
    const written = Buffer.from(`${before}${key}"}`).toString(encoding);
    const { json, text } = redactorOf([key]);
    for (const clean of [text(written), JSON.parse(json(JSON.stringify(written).replaceAll("/", "\\/")))]) {
      expect(clean).toContain("[key]");
      // What is left has at most a part of a character at either end.
      const left = String(clean)
        .split("[key]")
        .map((part) => Buffer.from(part, encoding).toString("latin1"));
      expect(left.join("").length).toBeLessThanOrEqual(before.length + 6);
    }
    // A text without it keeps every byte.
    const other = Buffer.from(`${before}something else altogether`).toString(encoding);
    expect(text(other)).toBe(other);
  });

  test("knows JSON within JSON, however deep", () => {
    const key = "QUJDREVGR0g/SUpLTE1OT1A/UVJTVFVWV1g=";
    let given = JSON.stringify({ error: `no such key: ${key}` }).replaceAll("/", "\\/");
    for (let depth = 1; depth <= 3; depth++) {
      given = JSON.stringify({ detail: given });
      const clean = redactorOf([key]).json(given);
      expect(clean).not.toContain("SUpLTE1OT1A");
      let inner: unknown = clean;
      for (let level = 0; level < depth; level++)
        inner = (JSON.parse(String(inner)) as { detail: string }).detail;
      expect(inner).toBe('{"error":"no such key: [key]"}');
    }
  });

  test.each([
    ["a URL", encodeURIComponent, "https://h/?key=[key]&a=1"],
    [
      "a URL in a URL",
      (text: string) => encodeURIComponent(encodeURIComponent(text)),
      "https://h/?key=[key]&a=1",
    ],
    [
      "a page",
      (text: string) => text.replaceAll("/", "&#x2F;").replaceAll("=", "&#61;"),
      "https://h/?key=[key]&a=1",
    ],
  ])("knows how %s writes it", (_, write, clean) => {
    const key = "QUJDREVGR0g/SUpLTE1+T1A/UVJTVFVWV1g=";
    const { text, json } = redactorOf([key]);
    const given = `https://h/?key=${write(key)}&a=1`;
    expect(text(given)).toBe(clean);
    expect(json(`<html lang="en"><a href="${given}">"unpaired</a>`)).toBe(
      `<html lang="en"><a href="${clean}">"unpaired</a>`,
    );
    expect(json(`data: {"a":"${given}"}\n\n`)).toBe(`data: {"a":"${clean}"}\n\n`);
  });

  test("JSON stays JSON when the key is a number in it, or stands behind backslashes", () => {
    const { json } = redactorOf(["73918264558021"]);
    expect(json('{"a":73918264558021,"b":[173918264558021]}')).toBe('{"a":"[key]","b":["[key]"]}');
    for (let count = 0; count < 20; count++) {
      const given = JSON.stringify({ a: `${"\\".repeat(count)}/secret/0123456789` });
      const clean = redactorOf(["/secret/0123456789"]).json(given.replaceAll("/", "\\/"));
      expect(JSON.parse(clean)).toEqual({ a: `${"\\".repeat(count)}[key]` });
    }
  });

  test("the longer of two secrets is taken out first; words are left in", () => {
    const { text } = redactorOf(["0123456789abc", "Bearer 0123456789abc", "lm-studio"]);
    expect(text("lm-studio says Bearer 0123456789abc or 0123456789abc")).toBe(
      "lm-studio says [key] or [key]",
    );
  });

  test("whatever stands round it, JSON keeps its meaning but for the key", () => {
    const key = 'k"e\\y/0123<4>5&6';
    const { json } = redactorOf([key]);
    fc.assert(
      fc.property(fc.json(), fc.string(), fc.string(), (other, before, behind) => {
        const given = `{"other":${other},"said":${JSON.stringify(before + key + behind)}}`;
        expect(JSON.parse(json(given))).toEqual({
          other: JSON.parse(other),
          said: `${before}[key]${behind}`,
        });
        expect(json(other)).toBe(other);
      }),
    );
  });
});
