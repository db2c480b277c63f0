// Signatures in the format of minisign (https://jedisct1.github.io/minisign/), so that a release can be signed where no tool is installed. Ed25519 over the
// BLAKE2b-512 of the file; a second signature covers the first one and the trusted comment.
import { createHash, createPrivateKey, createPublicKey, type KeyObject, scryptSync, sign } from "node:crypto";

const KEY_ALGORITHM = "Ed";
const HASHED_ALGORITHM = "ED";
const SCRYPT = "Sc";
const SECRET_BYTES = 158;
const SEALED_BYTES = 104;
/** What DER has before the 32 bytes of an Ed25519 seed (RFC 8410). */
const PKCS8 = Buffer.from("302e020100300506032b657004220420", "hex");
const KEY_BYTES = 32;

export type SecretKey = { readonly id: Buffer; readonly seed: Buffer; readonly publicKey: Buffer };

/** Reads the text of a secret key file. @throws Error when it is none, or the password is not its own. */
export function readSecretKey(text: string, password: string | undefined): SecretKey {
  const bytes = Buffer.from(text.trim().split("\n").at(-1) ?? "", "base64");
  if (bytes.length !== SECRET_BYTES || bytes.toString("latin1", 0, 2) !== KEY_ALGORITHM)
    throw new Error("the signing key is no secret key of minisign");
  const sealed = Buffer.from(bytes.subarray(SECRET_BYTES - SEALED_BYTES));
  if (bytes.toString("latin1", 2, 4) === SCRYPT) {
    if (password === undefined) throw new Error("the signing key has a password: set MINISIGN_PASSWORD");
    const pad = keyFromPassword(
      password,
      bytes.subarray(6, 38),
      bytes.readBigUInt64LE(38),
      bytes.readBigUInt64LE(46),
    );
    for (const [index, byte] of pad.entries()) sealed[index] = (sealed[index] ?? 0) ^ byte;
  }
  const [id, seed, publicKey] = [sealed.subarray(0, 8), sealed.subarray(8, 40), sealed.subarray(40, 72)];
  // A key without a password has no checksum. That its halves belong together says the same, of both kinds.
  const derived = createPublicKey(privateKey(seed)).export({ format: "der", type: "spki" });
  if (!derived.subarray(-KEY_BYTES).equals(publicKey))
    throw new Error("the password of the signing key is wrong, or the key is damaged");
  return { id, seed, publicKey };
}

/** The text of a public key file, as `minisign -p` reads it. */
export function publicKeyText({ id, publicKey }: SecretKey): string {
  const name = Buffer.from(id).reverse().toString("hex").toUpperCase();
  const body = Buffer.concat([Buffer.from(KEY_ALGORITHM), id, publicKey]).toString("base64");
  return `untrusted comment: minisign public key ${name}\n${body}\n`;
}

/** The text of the signature file of `content`. The same key, content and comment give the same text. */
export function minisign(content: Uint8Array, key: SecretKey, trustedComment: string): string {
  if (trustedComment.includes("\n")) throw new Error("a trusted comment is one line");
  const signature = signBytes(createHash("blake2b512").update(content).digest(), key);
  const global = signBytes(Buffer.concat([signature, Buffer.from(trustedComment)]), key);
  const body = Buffer.concat([Buffer.from(HASHED_ALGORITHM), key.id, signature]).toString("base64");
  return [
    "untrusted comment: signature of a release of ckpt",
    body,
    `trusted comment: ${trustedComment}`,
    global.toString("base64"),
    "",
  ].join("\n");
}

function signBytes(bytes: Uint8Array, { seed }: SecretKey): Buffer {
  return sign(null, bytes, privateKey(seed));
}

function privateKey(seed: Uint8Array): KeyObject {
  return createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: "der", type: "pkcs8" });
}

/** libsodium's scrypt: what it may cost, in operations and bytes of memory, becomes N, r and p (pickparams() in pwhash_scryptsalsa208sha256.c). */
function keyFromPassword(
  password: string,
  salt: Uint8Array,
  operations: bigint,
  memoryBytes: bigint,
): Buffer {
  const r = 8;
  const least = operations < 32_768n ? 32_768n : operations;
  const isBoundByTime = least < memoryBytes / 32n;
  const costMax = isBoundByTime ? least / BigInt(r * 4) : memoryBytes / BigInt(r * 128);
  let log2 = 1;
  while (log2 < 63 && 1n << BigInt(log2) <= costMax / 2n) log2++;
  const limit = isBoundByTime ? 1n : least / 4n / (1n << BigInt(log2)) / BigInt(r);
  const p = Number(limit < 1n ? 1n : limit);
  const N = 2 ** log2;
  return scryptSync(password, salt, SEALED_BYTES, { N, r, p, maxmem: 256 * N * r });
}
