import { expect, test } from "bun:test";
import { pastedKey } from "../../../lib/processors/endpoint/pasted-text.ts";

const KEY = "sk-0123456789abcdef";
const BASE64 = "QUJDREVGR0g/SUpLTE1OT1A=";

test.each([
  [KEY, KEY],
  [` ${KEY}\r\n`, KEY],
  [`\u00a0${KEY}\u200b\n`, KEY],
  [`"${KEY}"`, KEY],
  [`'${KEY}' `, KEY],
  [`Bearer ${KEY}`, KEY],
  [`OPENAI_API_KEY=${KEY}`, KEY],
  [`export HF_TOKEN="${KEY}"`, KEY],
  [BASE64, BASE64],
  [`ABC=${KEY}`, `ABC=${KEY}`],
  [`${KEY} ${KEY}`, `${KEY} ${KEY}`],
  ["", ""],
  ['"', '"'],
])("%j is the key %j", (pasted, key) => {
  expect(pastedKey(pasted)).toBe(key);
});
