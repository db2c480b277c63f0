import { expect, test } from "bun:test";
import fc from "fast-check";
import { OutputBuffer } from "../../lib/output/output-buffer.ts";
import { gather } from "../helpers/gather.ts";

const LONG = 300_000;

test("what is added comes out in its order, however long the pieces are", () => {
  const piece = fc.oneof(
    fc.string({ unit: "grapheme" }),
    fc.maxSafeNat(),
    fc.constantFrom("字".repeat(LONG), "x".repeat(LONG)),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(piece, fc.constantFrom("text", "bytes", "constant"))), (pieces) => {
      const { sink, bytes } = gather();
      const out = new OutputBuffer(sink);
      for (const [what, way] of pieces) {
        const encoded = Buffer.from(`<${what}>`);
        if (typeof what === "number") out.digits(what);
        else if (way === "bytes") out.bytes(encoded, 1, encoded.length - 1);
        else if (way === "constant" && what.length < LONG) out.constant(Buffer.from(what));
        else out.text(what);
      }
      out.flush();
      const expected = pieces.map(([what]) => String(what)).join("");
      expect(bytes().equals(Buffer.from(expected))).toBe(true);
      expect(out.handedOn).toBe(bytes().length);
    }),
    { numRuns: 50 },
  );
});

test("digits are those of the number, zero and the largest included", () => {
  const { sink, text } = gather();
  const out = new OutputBuffer(sink);
  for (const value of [0, 9, 10, 99, 100, 1_234_567_890, Number.MAX_SAFE_INTEGER]) {
    out.digits(value);
    out.text(" ");
  }
  out.flush();
  expect(text()).toBe("0 9 10 99 100 1234567890 9007199254740991 ");
});
