// Signatures and keys, with the tool itself at the other end: a key that it made with a password signs, and no changed bit of sums or signature is taken.
import * as fs from "node:fs";
import * as path from "node:path";
import { minisign, publicKeyText, readSecretKey } from "../../scripts/release/minisign.ts";
import type { Figures, Size } from "../crash/figures.ts";
import { ENV, newFolder } from "../helpers/ckpt.ts";

const PASSWORD = "a password, 密码";
/** How many bits of a file and of its signature are changed, one at a time. */
const CHANGES = { quick: 20, full: 500 } as const;

export async function signing(size: Size): Promise<Figures> {
  const folder = newFolder();
  const file = path.join(folder, "SHA256SUMS");
  const [publicFile, secretFile] = [path.join(folder, "key.pub"), path.join(folder, "key.sec")];
  makeKey(publicFile, secretFile);
  const secret = fs.readFileSync(secretFile, "utf8");
  const faults: string[] = [];
  for (const wrong of [undefined, "", "a passwort, 密码"])
    if (isOpened(secret, wrong)) faults.push(`the key is opened by ${JSON.stringify(wrong)}`);
  const key = readSecretKey(secret, PASSWORD);
  if (publicKeyText(key) !== fs.readFileSync(publicFile, "utf8"))
    faults.push("the public half is another one");

  const content = Buffer.from("0123456789abcdef  ckpt-linux-x64.tar.gz\n".repeat(10));
  const signature = minisign(content, key, "ckpt 1.2.0");
  const isTaken = (sums: Uint8Array, signed: string): boolean => {
    fs.writeFileSync(file, sums);
    fs.writeFileSync(`${file}.minisig`, signed);
    return Bun.spawnSync(["minisign", "-V", "-q", "-p", publicFile, "-m", file], { env: ENV }).success;
  };
  if (!isTaken(content, signature)) faults.push("minisign refuses the signature");
  let refused = 0;
  for (let change = 0; change < CHANGES[size]; change++) {
    const at = Math.floor((content.length * change) / CHANGES[size]);
    const changed = Buffer.from(content);
    changed[at] = changed.readUInt8(at) ^ (1 << (change % 8));
    if (isTaken(changed, signature)) faults.push(`byte ${at} of the sums may be changed`);
    else refused++;
    const forged = withChangedBit(signature, change);
    if (isTaken(content, forged)) faults.push(`bit ${change} of the signature may be changed`);
    else refused++;
  }
  return { method: "signatures", figures: { "keys with a password": 1, "changes refused": refused }, faults };
}

function makeKey(publicFile: string, secretFile: string): void {
  const made = Bun.spawnSync(["minisign", "-G", "-p", publicFile, "-s", secretFile], {
    env: ENV,
    stdin: Buffer.from(`${PASSWORD}\n${PASSWORD}\n`),
  });
  if (!made.success) throw new Error(`minisign: ${made.stderr.toString()}`);
}

function isOpened(secret: string, password: string | undefined): boolean {
  try {
    readSecretKey(secret, password);
    return true;
  } catch {
    return false; // as it should be
  }
}

/** Changes a bit by turns in the signature itself, in the trusted comment and in the signature of both. The untrusted comment may be anything. */
function withChangedBit(signature: string, change: number): string {
  const lines = signature.split("\n");
  const line = 1 + (change % 3);
  const text = lines[line] ?? "";
  if (line === 2)
    lines[line] = `${text.slice(0, -1)}${String.fromCharCode(text.charCodeAt(text.length - 1) ^ 1)}`;
  else {
    const bytes = Buffer.from(text, "base64");
    const at = Math.floor(change / 3) % bytes.length;
    bytes[at] = bytes.readUInt8(at) ^ (1 << (change % 8));
    lines[line] = bytes.toString("base64");
  }
  return lines.join("\n");
}
