// Signatures are those of minisign: the tool itself takes them, and refuses what was changed.
// Needs minisign.
import { expect, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { minisign, publicKeyText, readSecretKey } from "../../scripts/release/minisign.ts";
import { ENV, newFolder } from "../helpers/ckpt.ts";

type Keys = { readonly folder: string; readonly secret: string; readonly publicFile: string };

/** A pair of keys without a password, made by the tool. */
function newKeys(): Keys {
  const folder = newFolder();
  const [publicFile, secretFile] = [path.join(folder, "key.pub"), path.join(folder, "key.sec")];
  const made = Bun.spawnSync(["minisign", "-G", "-W", "-p", publicFile, "-s", secretFile], { env: ENV });
  expect(made.stderr.toString()).toBe("");
  return { folder, secret: fs.readFileSync(secretFile, "utf8"), publicFile };
}

/** Whether the tool takes the signature beside the file, and the trusted comment that it prints. */
function checked(file: string, publicFile: string): { readonly isTaken: boolean; readonly comment: string } {
  const { success, stdout } = Bun.spawnSync(["minisign", "-V", "-Q", "-p", publicFile, "-m", file], {
    env: ENV,
  });
  return { isTaken: success, comment: stdout.toString().trim() };
}

function signedFile(keys: Keys, content: string): string {
  const file = path.join(keys.folder, "SHA256SUMS");
  fs.writeFileSync(file, content);
  const text = minisign(Buffer.from(content), readSecretKey(keys.secret, undefined), "ckpt 1.2.0");
  fs.writeFileSync(`${file}.minisig`, text);
  return file;
}

test("minisign takes a signature, and shows its trusted comment", () => {
  const keys = newKeys();
  for (const content of ["", "x", "some sums\n".repeat(5000)])
    expect(checked(signedFile(keys, content), keys.publicFile)).toEqual({
      isTaken: true,
      comment: "ckpt 1.2.0",
    });
});

test("minisign refuses a changed file, a changed comment and another key", () => {
  const keys = newKeys();
  const file = signedFile(keys, "some sums\n");
  expect(checked(file, newKeys().publicFile).isTaken).toBe(false);
  const signature = fs.readFileSync(`${file}.minisig`, "utf8");
  fs.writeFileSync(`${file}.minisig`, signature.replace("ckpt 1.2.0", "ckpt 1.3.0"));
  expect(checked(file, keys.publicFile).isTaken).toBe(false);
  fs.writeFileSync(`${file}.minisig`, signature);
  expect(checked(file, keys.publicFile).isTaken).toBe(true);
  fs.writeFileSync(file, "other sums\n");
  expect(checked(file, keys.publicFile).isTaken).toBe(false);
});

test("the same file, key and comment give the same signature", () => {
  const key = readSecretKey(newKeys().secret, undefined);
  const sign = (): string => minisign(Buffer.from("sums"), key, "ckpt 1.2.0");
  expect(sign()).toBe(sign());
});

test("the public half is what the tool wrote", () => {
  const keys = newKeys();
  const text = publicKeyText(readSecretKey(keys.secret, undefined));
  expect(text.split("\n")[1]).toBe(fs.readFileSync(keys.publicFile, "utf8").split("\n")[1] ?? "");
});

test("what is no key, or a damaged one, is refused", () => {
  expect(() => readSecretKey("hello", undefined)).toThrow("no secret key of minisign");
  const { secret } = newKeys();
  const [comment = "", body = ""] = secret.split("\n");
  const bytes = Buffer.from(body, "base64");
  bytes[70] = bytes.readUInt8(70) ^ 1;
  const damaged = `${comment}\n${bytes.toString("base64")}\n`;
  expect(() => readSecretKey(damaged, undefined)).toThrow("the key is damaged");
});
