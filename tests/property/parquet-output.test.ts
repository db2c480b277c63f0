// What a Parquet output holds can be read back, whatever values stand in a column: ckpt's own reader of Parquet gives the same values, digit by digit.
import { afterAll, expect, test } from "bun:test";
import fc from "fast-check";
import * as fs from "node:fs";
import { openInput } from "../../lib/input/open-input.ts";
import { OutputBuffer } from "../../lib/output/output-buffer.ts";
import { ColumnTypes } from "../../lib/output/parquet-types.ts";
import { parquetWriter } from "../../lib/output/parquet-writer.ts";
import { fieldText } from "../../lib/output/row-fields.ts";
import { gather } from "../helpers/gather.ts";
import { itemsOf, newPath, removeFiles, specOf } from "../helpers/inputs.ts";

afterAll(removeFiles);

const whole = fc
  .oneof(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.bigInt({ min: -9n, max: 9n }))
  .map(String);
const real = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => JSON.stringify(value));
const digits = fc.tuple(fc.bigInt({ min: 0n, max: 10n ** 30n }), fc.nat(30)).map(([n, e]) => `${n}e-${e}`);
const text = fc.string({ unit: "grapheme" }).map((value) => JSON.stringify(value));
const nested = fc
  .oneof(fc.array(fc.jsonValue()), fc.dictionary(fc.string(), fc.jsonValue()))
  .map((value) => JSON.stringify(value));
const truth = fc.constantFrom("true", "false");
/** Columns of one kind, and of several. */
const kinds = [whole, real, digits, text, nested, truth];
const value = fc.oneof(
  ...kinds.map((kind) => fc.constant(kind)),
  fc.constant(fc.oneof(whole, real)),
  fc.constant(fc.oneof(...kinds)),
);
/** The values of a column, null where a row has none. */
const column = value.chain((of) => fc.array(fc.option(of, { freq: 5 }), { minLength: 1, maxLength: 20 }));

/** A number as its sign, its digits and the place of the last one: equal for equal values, however they are written. */
function canonical(json: string): string {
  const [mantissa = "", exponent = "0"] = json.replace(/^-/, "").toLowerCase().split("e");
  const [before = "", after = ""] = mantissa.split(".");
  const all = (before + after).replace(/^0+/, "");
  const kept = all.replace(/0+$/, "");
  const place = kept === "" ? 0 : Number(exponent) - after.length + all.length - kept.length;
  return `${json.startsWith("-") ? "-" : ""}${kept}e${place}`;
}

const isNumber = (json: string): boolean => /^[-\d]/.test(json);

test("each value reads back as it was written, with its type if the column has one", async () => {
  await fc.assert(
    fc.asyncProperty(column, async (values) => {
      const types = new ColumnTypes(false);
      for (const json of values) if (json !== null) types.add("x", json);
      const type = types.typeOf("x");
      const { sink, bytes } = gather();
      const out = new OutputBuffer(sink);
      const writer = parquetWriter([{ name: "x", type }]);
      writer.begin(out);
      for (const json of values) writer.addFields(out, json === null ? [] : [{ name: "x", json }]);
      writer.end(out);
      out.flush();
      const file = newPath();
      fs.writeFileSync(file, bytes());
      const items = await itemsOf(openInput(specOf(file, { format: "parquet" }), fs));
      const read = items.map((item) => item.text.slice('{"x":'.length, -1));
      const shown = (json: string): string => (isNumber(json) ? canonical(json) : json);
      const wanted = values.map((json) => {
        if (json === null) return "null";
        return shown(type === "text" ? JSON.stringify(fieldText(json)) : json);
      });
      expect(read.map(shown)).toEqual(wanted);
    }),
  );
});
