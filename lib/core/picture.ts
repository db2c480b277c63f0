// A picture that an item has: one at a URL, or a file that is known by its bytes.

export type Picture =
  | { readonly kind: "url"; readonly url: string }
  | {
      readonly kind: "file";
      /** Absolute path. */
      readonly path: string;
      /** As the item has it. */
      readonly shownPath: string;
      /** Media type, found from its bytes. */
      readonly type: string;
      readonly sizeBytes: number;
      /** 64 hex digits. */
      readonly sha256: string;
    };

/** So many bytes from its start tell what a picture is. */
export const PICTURE_HEAD_BYTES = 32;

/** Signatures: offset and bytes in latin1. Of formats within a RIFF or ISO container, those of the container and of the brand. */
const SIGNATURES: readonly (readonly [type: string, ...marks: readonly (readonly [number, string])[]])[] = [
  ["image/png", [0, "\x89PNG\r\n\x1A\n"]],
  ["image/jpeg", [0, "\xFF\xD8\xFF"]],
  ["image/gif", [0, "GIF87a"]],
  ["image/gif", [0, "GIF89a"]],
  ["image/webp", [0, "RIFF"], [8, "WEBP"]],
  ["image/bmp", [0, "BM"], [6, "\0\0\0\0"]],
  ["image/tiff", [0, "II*\0"]],
  ["image/tiff", [0, "MM\0*"]],
  ["image/avif", [4, "ftypavif"]],
  ["image/avif", [4, "ftypavis"]],
  ["image/heic", [4, "ftypheic"]],
  ["image/heic", [4, "ftypheix"]],
  ["image/heif", [4, "ftypmif1"]],
  ["image/jxl", [0, "\0\0\0\x0CJXL "]],
];

/** The media type of a picture by its first bytes, whatever its file is called; null when they are those of none. */
export function pictureType(head: Uint8Array): string | null {
  const text = Buffer.from(head.subarray(0, PICTURE_HEAD_BYTES)).toString("latin1");
  const found = SIGNATURES.find(([, ...marks]) => marks.every(([at, bytes]) => text.startsWith(bytes, at)));
  return found?.[0] ?? null;
}

/** Whether a text is the address of a picture, and no path of a file. */
export function isPictureUrl(text: string): boolean {
  return /^(?:https?:\/\/|data:)/i.test(text);
}
