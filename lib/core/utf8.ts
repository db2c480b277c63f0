// Where bytes stop being UTF-8 (RFC 3629): neither overlong forms, nor surrogates, nor anything past U+10FFFF.

/** How many bytes follow a lead byte, and the bounds of the first of them; null when it cannot lead. */
function sequence(
  lead: number,
): { readonly length: number; readonly min: number; readonly max: number } | null {
  if (lead >= 0xc2 && lead <= 0xdf) return { length: 1, min: 0x80, max: 0xbf };
  if (lead >= 0xe0 && lead <= 0xef) {
    return { length: 2, min: lead === 0xe0 ? 0xa0 : 0x80, max: lead === 0xed ? 0x9f : 0xbf };
  }
  if (lead >= 0xf0 && lead <= 0xf4) {
    return { length: 3, min: lead === 0xf0 ? 0x90 : 0x80, max: lead === 0xf4 ? 0x8f : 0xbf };
  }
  return null;
}

/** Offset in bytes of the first sequence that is not UTF-8; null when all of it is. */
export function firstInvalidUtf8(bytes: Uint8Array): number | null {
  for (let at = 0; at < bytes.length;) {
    const lead = bytes[at] ?? 0;
    if (lead < 0x80) {
      at += 1;
      continue;
    }
    const rest = sequence(lead);
    if (rest === null) return at;
    for (let step = 1; step <= rest.length; step += 1) {
      const byte = bytes[at + step];
      const min = step === 1 ? rest.min : 0x80;
      const max = step === 1 ? rest.max : 0xbf;
      if (byte === undefined || byte < min || byte > max) return at;
    }
    at += rest.length + 1;
  }
  return null;
}

/** The text of the first bytes of something longer: a character cut at the end is left out. */
export function headText(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes, { stream: true });
}

/** The text of the last bytes of something longer: a character cut at the front is left out, what is not UTF-8 becomes U+FFFD. */
export function tailText(bytes: Uint8Array): string {
  let start = 0;
  while (start < 3 && start < bytes.length && ((bytes[start] ?? 0) & 0xc0) === 0x80) start += 1;
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes.subarray(start));
}
