// Reads bytes of a line without decoding them to text: a log scan does this several times for each of millions of lines.

/** Whether `bytes` are at `at`. */
export function matches(line: Buffer, at: number, bytes: Uint8Array): boolean {
  for (let i = 0; i < bytes.length; i++) if (line[at + i] !== bytes[i]) return false;
  return true;
}

/** The offset after the decimal digits at `from`; `from` when there are none. */
export function digitsEnd(line: Buffer, from: number): number {
  let at = from;
  while (at < line.length && (line[at] ?? 0) >= 0x30 && (line[at] ?? 0) <= 0x39) at++;
  return at;
}

/** The number of the decimal digits from `from` to `to`. */
export function numberAt(line: Buffer, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at++) value = value * 10 + ((line[at] ?? 0) - 0x30);
  return value;
}
