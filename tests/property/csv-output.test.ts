// What a table holds can be read back by somebody else's reader: the same cells, whatever stands in them.
import { expect, test } from "bun:test";
import fc from "fast-check";
import papa from "papaparse";
import { OutputBuffer } from "../../lib/output/output-buffer.ts";
import { tableWriter } from "../../lib/output/table-writer.ts";
import { gather } from "../helpers/gather.ts";

const details = (): never => {
  throw new Error("no table asks for more than the result");
};

/** Text with much of what has a meaning in a table. */
const text = fc.oneof(
  fc.string({ unit: fc.constantFrom('"', ",", "\t", "\r", "\n", " ", "=", "'", ";", "中", "😀", "a", "\0") }),
  fc.string({ unit: "grapheme" }),
);
const value = fc.oneof(text, fc.jsonValue());
const result = fc.record({ id: text, failed: fc.boolean(), body: value, field: fc.option(value) });

const cellOf = (json: unknown): string => (typeof json === "string" ? json : JSON.stringify(json));

test.each([",", "\t"] as const)(
  "a table with %j between its cells reads back as it was written",
  (delimiter) => {
    fc.assert(
      fc.property(fc.array(result, { maxLength: 8 }), text, fc.boolean(), (results, name, bom) => {
        const fieldName = `f${name}`;
        const { sink, bytes } = gather();
        const out = new OutputBuffer(sink);
        const writer = tableWriter({
          delimiter,
          bom,
          withIds: true,
          withRepeats: false,
          fieldNames: [fieldName],
        });
        writer.begin(out);
        const rows = [["index", "id", "status", "output", "error", fieldName]];
        results.forEach(({ id, failed, body, field }, index) => {
          const message = cellOf(body);
          const json = Buffer.from(JSON.stringify(failed ? { kind: "exit", message } : body));
          const recorded = { failed, repeat: 1, idJson: JSON.stringify(id), hash: "", bytes: json, details };
          const fields = field === null ? [] : [{ name: fieldName, json: JSON.stringify(field) }];
          writer.add(out, index, { ...recorded, start: 0, end: json.length }, fields);
          const outcome = failed ? ["failed", "", `exit: ${message}`] : ["ok", message, ""];
          rows.push([String(index), id, ...outcome, field === null ? "" : cellOf(field)]);
        });
        writer.end(out);
        out.flush();
        const written = bytes();
        expect(written.subarray(0, 3).toString("hex") === "efbbbf").toBe(bom);
        const table = written.toString("utf8", bom ? 3 : 0);
        expect(table).toEndWith("\r\n");
        const parsed = papa.parse<string[]>(table.slice(0, -2), { delimiter, newline: "\r\n" });
        expect(parsed.errors).toEqual([]);
        expect(parsed.data).toEqual(rows);
      }),
    );
  },
);

test("half of a surrogate pair, which UTF-8 does not have, becomes the replacement character", () => {
  const { sink, text: written } = gather();
  const out = new OutputBuffer(sink);
  const json = Buffer.from('"a\\ud800b"');
  const writer = tableWriter({
    delimiter: ",",
    bom: false,
    withIds: false,
    withRepeats: false,
    fieldNames: [],
  });
  writer.add(
    out,
    0,
    { failed: false, repeat: 1, idJson: null, hash: "", bytes: json, start: 0, end: json.length, details },
    [],
  );
  out.flush();
  expect(written()).toBe("0,ok,a\uFFFDb,\r\n");
});
