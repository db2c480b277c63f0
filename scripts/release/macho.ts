// Code signatures of Mach-O executables, without a Mac: a reader that checks every hash, and a writer of ad-hoc signatures. macOS ends a program at once
// where a page of it is not what its signature says. Bun signs what it compiles for darwin-arm64, and leaves the signature of its own runtime, which no
// longer fits, in darwin-x64. Format: cs_blobs.h of Apple's xnu.
import { createHash } from "node:crypto";

const MAGIC_64 = 0xfeedfacf;
const HEADER_BYTES = 32;
const LC_SEGMENT_64 = 0x19;
const LC_CODE_SIGNATURE = 0x1d;
const SUPER_BLOB = 0xfade0cc0;
const CODE_DIRECTORY = 0xfade0c02;
const HASHES = { 1: { name: "sha1", bytes: 20 }, 2: { name: "sha256", bytes: 32 } } as const;
const SHA256 = 2;
const PAGE_BITS = 12;
const PAGE_BYTES = 1 << PAGE_BITS;
/** Slots of the code directory itself: the first, and alternatives with other hashes. */
const isDirectorySlot = (slot: number): boolean => slot === 0 || (slot >= 0x1000 && slot < 0x1005);

type Layout = {
  /** Where the load command of the signature begins. */
  readonly command: number;
  /** Where the signature itself lies in the file. */
  readonly offset: number;
  readonly bytes: number;
  /** Where the load command of the segment __LINKEDIT begins, which holds the signature. */
  readonly linkedit: number;
  /** Offset and size of the segment __TEXT in the file. */
  readonly text: readonly [bigint, bigint];
};

export type SignatureReport = {
  readonly identifier: string;
  readonly pages: number;
  /** Numbers of the pages whose hash is not the one on record. */
  readonly badPages: readonly number[];
  /** What else is wrong, in words. */
  readonly faults: readonly string[];
};

/** Whether the signature is there, covers the whole file up to itself, and every hash in it is right. @throws Error for what is no thin 64-bit Mach-O, or unsigned. */
export function readSignature(file: Buffer): SignatureReport {
  const { offset, bytes } = layoutOf(file);
  const faults: string[] = [];
  if (offset + bytes !== file.length) faults.push(`the file goes on behind the signature, or ends within it`);
  const signature = file.subarray(offset, offset + bytes);
  if (signature.length < 12 || signature.readUInt32BE(0) !== SUPER_BLOB)
    return { identifier: "", pages: 0, badPages: [], faults: [...faults, "there is no signature"] };
  const blobs = new Map<number, Buffer>();
  for (let index = 0; index < signature.readUInt32BE(8); index++) {
    const at = signature.readUInt32BE(16 + index * 8);
    blobs.set(
      signature.readUInt32BE(12 + index * 8),
      signature.subarray(at, at + signature.readUInt32BE(at + 4)),
    );
  }
  const badPages = new Set<number>();
  let [pages, identifier] = [0, ""];
  for (const [slot, directory] of blobs) {
    if (!isDirectorySlot(slot)) continue;
    const found = readDirectory(file, directory, offset);
    faults.push(...found.faults, ...wrongBlobs(directory, blobs));
    for (const page of found.badPages) badPages.add(page);
    if (slot === 0) ({ pages, identifier } = found);
  }
  if (pages === 0) faults.push("the signature holds no hash of a page");
  return { identifier, pages, badPages: [...badPages], faults };
}

export function isSignatureValid({ badPages, faults }: SignatureReport): boolean {
  return badPages.length === 0 && faults.length === 0;
}

function readDirectory(file: Buffer, directory: Buffer, codeBytes: number): SignatureReport {
  if (directory.readUInt32BE(0) !== CODE_DIRECTORY)
    throw new Error("a code directory has another magic number");
  const [hashes, identifier, , pages, limit] = [16, 20, 24, 28, 32].map((at) =>
    directory.readUInt32BE(at),
  ) as [number, number, number, number, number];
  const hash = hashOf(directory);
  const pageBytes = 1 << directory.readUInt8(39);
  const faults =
    limit === codeBytes ? [] : [`${limit} bytes are signed, and the signature begins at ${codeBytes}`];
  if (pages !== Math.ceil(limit / pageBytes)) faults.push(`${pages} hashes for ${limit} bytes`);
  const badPages: number[] = [];
  for (let page = 0; page < pages; page++) {
    const content = file.subarray(page * pageBytes, Math.min((page + 1) * pageBytes, limit));
    const at = hashes + page * hash.bytes;
    if (!digest(hash.name, content).equals(directory.subarray(at, at + hash.bytes))) badPages.push(page);
  }
  const end = directory.indexOf(0, identifier);
  return { identifier: directory.toString("latin1", identifier, end), pages, badPages, faults };
}

/** Requirements, entitlements and the like are blobs beside the directory, whose hashes stand before those of the pages. */
function wrongBlobs(directory: Buffer, blobs: ReadonlyMap<number, Buffer>): readonly string[] {
  const hash = hashOf(directory);
  const wrong: string[] = [];
  for (let slot = 1; slot <= directory.readUInt32BE(24); slot++) {
    const at = directory.readUInt32BE(16) - slot * hash.bytes;
    const onRecord = directory.subarray(at, at + hash.bytes);
    const blob = blobs.get(slot);
    const isRight =
      blob === undefined ? onRecord.every((byte) => byte === 0) : digest(hash.name, blob).equals(onRecord);
    if (!isRight) wrong.push(`slot ${slot} beside the pages has another hash`);
  }
  return wrong;
}

function hashOf(directory: Buffer): (typeof HASHES)[1 | 2] {
  const [bytes, kind] = [directory.readUInt8(36), directory.readUInt8(37)];
  if ((kind !== 1 && kind !== 2) || HASHES[kind].bytes !== bytes)
    throw new Error(`a hash of kind ${kind} is not known`);
  return HASHES[kind];
}

function digest(name: string, content: Uint8Array): Buffer {
  return createHash(name).update(content).digest();
}

/** The file with an ad-hoc signature in the place of the one it has: the same on every machine. @throws Error where there is no room for one. */
export function signAdHoc(file: Buffer, identifier: string): Buffer {
  const { command, offset, linkedit, text } = layoutOf(file);
  const pages = Math.ceil(offset / PAGE_BYTES);
  const headBytes = 88;
  const hashes = headBytes + identifier.length + 1;
  const directory = Buffer.alloc(hashes + pages * HASHES[SHA256].bytes);
  const superBlobBytes = 20;
  const bytes = Math.ceil((superBlobBytes + directory.length) / 16) * 16;

  const out = Buffer.alloc(offset + bytes);
  file.copy(out, 0, 0, offset);
  out.writeUInt32LE(bytes, command + 12);
  resizeSegment(out, linkedit, offset + bytes);

  const adHocByLinker = 0x20002;
  const words = [
    CODE_DIRECTORY,
    directory.length,
    0x20400,
    adHocByLinker,
    hashes,
    headBytes,
    0,
    pages,
    offset,
  ];
  for (const [index, word] of words.entries()) directory.writeUInt32BE(word, index * 4);
  directory.set([HASHES[SHA256].bytes, SHA256, 0, PAGE_BITS], 36);
  directory.writeBigUInt64BE(text[0], 64);
  directory.writeBigUInt64BE(text[1], 72);
  directory.writeBigUInt64BE(1n, 80); // this is a main executable
  directory.write(identifier, headBytes, "latin1");
  for (let page = 0; page < pages; page++) {
    const content = out.subarray(page * PAGE_BYTES, Math.min((page + 1) * PAGE_BYTES, offset));
    digest("sha256", content).copy(directory, hashes + page * HASHES[SHA256].bytes);
  }
  const head = [SUPER_BLOB, superBlobBytes + directory.length, 1, 0, superBlobBytes];
  for (const [index, word] of head.entries()) out.writeUInt32BE(word, offset + index * 4);
  directory.copy(out, offset + superBlobBytes);
  return out;
}

/** The last segment of a file ends with the file, and takes up whole pages of memory (16 KiB, the larger of the two kinds of Mac). */
function resizeSegment(file: Buffer, segment: number, fileBytes: number): void {
  const bytes = BigInt(fileBytes) - file.readBigUInt64LE(segment + 40);
  const inMemory = (bytes + 0x3fffn) & ~0x3fffn;
  file.writeBigUInt64LE(bytes, segment + 48);
  if (inMemory > file.readBigUInt64LE(segment + 32)) file.writeBigUInt64LE(inMemory, segment + 32);
}

function layoutOf(file: Buffer): Layout {
  if (file.length < HEADER_BYTES || file.readUInt32LE(0) !== MAGIC_64)
    throw new Error("not a Mach-O executable of 64 bits for one kind of processor");
  let [command, linkedit] = [0, 0];
  let text: readonly [bigint, bigint] = [0n, 0n];
  let at = HEADER_BYTES;
  for (let left = file.readUInt32LE(16); left > 0; left--) {
    const kind = file.readUInt32LE(at);
    if (kind === LC_CODE_SIGNATURE) command = at;
    if (kind === LC_SEGMENT_64) {
      const name = file.toString("latin1", at + 8, at + 24).replace(/\0+$/, "");
      if (name === "__LINKEDIT") linkedit = at;
      if (name === "__TEXT") text = [file.readBigUInt64LE(at + 40), file.readBigUInt64LE(at + 48)];
    }
    at += file.readUInt32LE(at + 4);
  }
  if (command === 0 || linkedit === 0)
    throw new Error("the executable has no signature, and no room for one");
  return {
    command,
    linkedit,
    text,
    offset: file.readUInt32LE(command + 8),
    bytes: file.readUInt32LE(command + 12),
  };
}
