import { expect, test } from "bun:test";
import { isPictureUrl, pictureType } from "../../lib/core/picture.ts";

test.each([
  ["image/png", "\x89PNG\r\n\x1A\n\0\0"],
  ["image/jpeg", "\xFF\xD8\xFF\xE0"],
  ["image/gif", "GIF89a"],
  ["image/gif", "GIF87a"],
  ["image/webp", "RIFF\x10\0\0\0WEBPVP8 "],
  ["image/bmp", "BM\x10\0\0\0\0\0\0\0"],
  ["image/tiff", "II*\0"],
  ["image/tiff", "MM\0*"],
  ["image/avif", "\0\0\0\x20ftypavif"],
  ["image/heic", "\0\0\0\x18ftypheic"],
  [null, "RIFF\x10\0\0\0WAVEfmt "],
  [null, "<svg>"],
  [null, "%PDF-1.7"],
  [null, ""],
])("%s is found by the bytes %j", (type, head) => {
  expect(pictureType(Buffer.from(head, "latin1"))).toBe(type);
});

test.each([
  ["https://h/x.png", true],
  ["HTTP://h/x", true],
  ["data:image/png;base64,AA", true],
  ["file:///x.png", false],
  ["pics/x.png", false],
  ["C:\\x.png", false],
])("%s is a URL: %s", (text, isUrl) => {
  expect(isPictureUrl(text)).toBe(isUrl);
});
