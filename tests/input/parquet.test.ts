// Parquet as DuckDB writes it: every type, with every digit; row groups and codecs; files that are cut, encrypted, damaged or too large.
import { afterAll, describe, expect, test } from "bun:test";
import * as fs from "node:fs";
import { parquetMetadata } from "hyparquet";
import type { Input } from "../../lib/input/input.ts";
import { openInput } from "../../lib/input/open-input.ts";
import { duckdb, sqlText } from "../helpers/duckdb.ts";
import { errorOf, itemsOf, newFile, newPath, removeFiles, scanOf, specOf } from "../helpers/inputs.ts";

afterAll(removeFiles);

const open = (path: string): Input => openInput(specOf(path, { format: "parquet" }), fs);

/** Path of a file with the rows of a query. */
async function parquetOf(query: string, options: string = ""): Promise<string> {
  const path = newPath();
  await duckdb(`COPY (${query}) TO ${sqlText(path)} (FORMAT parquet${options === "" ? "" : `, ${options}`})`);
  return path;
}

describe("a value", () => {
  test.each([
    ["9223372036854775807::BIGINT", "9223372036854775807"],
    ["(-9007199254740993)::BIGINT", "-9007199254740993"],
    ["18446744073709551615::UBIGINT", "18446744073709551615"],
    ["4294967295::UINTEGER", "4294967295"],
    ["200::UTINYINT", "200"],
    ["(-5)::TINYINT", "-5"],
    ["true", "true"],
    ["NULL::INTEGER", "null"],
    ["0.1::DOUBLE", "0.1"],
    ["1::DOUBLE", "1.0"],
    ["0.1::FLOAT", "0.1"],
    ["16777216::FLOAT", "16777216.0"],
    ["'nan'::DOUBLE", '"NaN"'],
    ["'-inf'::FLOAT", '"-Infinity"'],
    ["12.50::DECIMAL(4,2)", "12.50"],
    ["(-0.05)::DECIMAL(9,2)", "-0.05"],
    ["'123456789012.345678'::DECIMAL(18,6)", "123456789012.345678"],
    ["'-12345678901234567890123456789.012345679'::DECIMAL(38,9)", "-12345678901234567890123456789.012345679"],
    ["7::DECIMAL(38,0)", "7"],
    ["DATE '2024-02-29'", '"2024-02-29"'],
    ["DATE '1969-12-31'", '"1969-12-31"'],
    ["TIMESTAMP '2024-01-02 03:04:05.123456'", '"2024-01-02T03:04:05.123456"'],
    ["TIMESTAMP '1969-12-31 23:59:59.999999'", '"1969-12-31T23:59:59.999999"'],
    ["TIMESTAMPTZ '2024-01-02 03:04:05.000001+02'", '"2024-01-02T01:04:05.000001Z"'],
    ["TIMESTAMP_NS '2024-01-02 03:04:05.123456789'", '"2024-01-02T03:04:05.123456789"'],
    ["TIMESTAMP_MS '2024-01-02 03:04:05.123'", '"2024-01-02T03:04:05.123000"'],
    ["TIME '01:02:03.000004'", '"01:02:03.000004"'],
    ["INTERVAL '14 months 3 days 1.5 seconds'", '"P14M3DT1.5S"'],
    ["'你好 \"x\"' || chr(10)", '"你好 \\"x\\"\\n"'],
    ["'\\x00\\xFF'::BLOB", '"AP8="'],
    ['\'{"x": 1.50, "n": 12345678901234567890}\'::JSON', '{"x":1.50,"n":12345678901234567890}'],
    ["'00010203-0405-0607-0809-0a0b0c0d0e0f'::UUID", '"00010203-0405-0607-0809-0a0b0c0d0e0f"'],
    ["'b'::ENUM('a', 'b')", '"b"'],
    ["[1::BIGINT, NULL, 9007199254740993]", "[1,null,9007199254740993]"],
    ["[]::INTEGER[]", "[]"],
    ["[[1], [], NULL, [2, 3]]", "[[1],[],null,[2,3]]"],
    ["{'a': 1, 'b': {'c': [0.10::DECIMAL(3,2)], 'd': NULL::DATE}}", '{"a":1,"b":{"c":[0.10],"d":null}}'],
    ["[{'t': TIMESTAMP '2024-01-01 00:00:00'}]", '[{"t":"2024-01-01T00:00:00.000000"}]'],
    ["MAP {'k': 1, 'l': NULL}", '{"k":1,"l":null}'],
    ["MAP {DATE '2024-01-01': 1.5::DECIMAL(2,1)}", '{"2024-01-01":1.5}'],
    ["MAP {9007199254740993: true}", '{"9007199254740993":true}'],
  ])("%s is %s", async (sql, json) => {
    // A second row, so that whatever is stored in one piece is not all there is.
    const path = await parquetOf(`SELECT ${sql} AS v UNION ALL SELECT NULL`);
    const [item, none] = await itemsOf(open(path));
    expect(item?.text).toBe(`{"v":${json}}`);
    expect(item?.value).toEqual(JSON.parse(`{"v":${json}}`));
    expect(none?.text).toBe('{"v":null}');
  });

  test("that is no null has no other form where its column allows none", async () => {
    const path = newPath();
    await duckdb(
      "CREATE TABLE t (a BIGINT NOT NULL, b DECIMAL(5,1) NOT NULL, c VARCHAR NOT NULL, d TIMESTAMP NOT NULL)",
      "INSERT INTO t VALUES (1, 2.5, 'x', '2024-01-01 00:00:00')",
      `COPY t TO ${sqlText(path)} (FORMAT parquet)`,
    );
    expect((await itemsOf(open(path)))[0]?.text).toBe(
      '{"a":1,"b":2.5,"c":"x","d":"2024-01-01T00:00:00.000000"}',
    );
  });

  test("stands under its column, in the order of the columns", async () => {
    const path = await parquetOf(`SELECT 1 AS "b", 2 AS "10", 3 AS "a ""q""", 4 AS "1"`);
    expect((await itemsOf(open(path)))[0]?.text).toBe('{"b":1,"10":2,"a \\"q\\"":3,"1":4}');
  });
});

const MANY = "SELECT range AS id, 'text ' || range AS q, [range, range + 1] AS l FROM range(10000)";

describe("row groups", () => {
  test.each(["uncompressed", "snappy", "gzip", "zstd", "brotli", "lz4_raw"])(
    "of codec %s give all rows in order",
    async (codec) => {
      const path = await parquetOf(MANY, `COMPRESSION ${codec}, ROW_GROUP_SIZE 2048`);
      const items = await itemsOf(open(path));
      expect(items).toHaveLength(10_000);
      expect(items[7777]).toMatchObject({
        index: 7777,
        line: 7778,
        text: '{"id":7777,"q":"text 7777","l":[7777,7778]}',
      });
      expect((await scanOf(open(path))).visited.map(({ hash }) => hash)).toEqual(
        items.map(({ hash }) => hash),
      );
    },
  );

  test("of which no row is wanted are not read", async () => {
    const path = await parquetOf(MANY, "COMPRESSION uncompressed, ROW_GROUP_SIZE 2048");
    let calls = 0;
    const read = fs.readSync;
    const counted = openInput(specOf(path, { format: "parquet" }), {
      ...fs,
      readSync: ((...args: Parameters<typeof read>) => {
        calls += 1;
        return read(...args);
      }) as typeof read,
    });
    await counted.hash();
    const whole = calls;
    calls = 0;
    const items = await itemsOf(counted, (index) => index === 9999);
    expect(items.map(({ index }) => index)).toEqual([9999]);
    expect(calls).toBeLessThan(whole);
  });

  test("without a row are no input", async () => {
    const path = await parquetOf("SELECT 1 AS a WHERE false");
    expect(await errorOf(() => scanOf(open(path)))).toEqual({ code: "input.empty", path: "shown" });
  });
});

function varint(value: bigint): number[] {
  return value < 128n ? [Number(value)] : [Number(value & 127n) | 128, ...varint(value >> 7n)];
}

describe("is refused by name:", () => {
  const causeOf = async (bytes: Uint8Array): Promise<string> => {
    const error = await errorOf(() => scanOf(open(newFile(bytes))));
    expect(error).toMatchObject({ code: "input.badFile", path: "shown", format: "parquet" });
    return String(error["cause"]);
  };
  const good = async (): Promise<Buffer> =>
    fs.readFileSync(await parquetOf(MANY, "COMPRESSION zstd, ROW_GROUP_SIZE 2048"));
  const CUT = "it is cut off: it does not end as Parquet does (PAR1)";

  test("a file that is cut, empty, or something else", async () => {
    const bytes = await good();
    expect(await causeOf(Buffer.alloc(0))).toBe("it does not begin as Parquet does (PAR1)");
    expect(await causeOf(Buffer.from("{}\n"))).toBe("it does not begin as Parquet does (PAR1)");
    expect(await causeOf(Buffer.from("PAR1"))).toBe(CUT);
    expect(await causeOf(bytes.subarray(0, bytes.length - 1))).toBe(CUT);
    expect(await causeOf(bytes.subarray(0, bytes.length / 2))).toBe(CUT);
  });

  test("one that is encrypted, by its mark or in its groups", async () => {
    const bytes = await good();
    const marked = Buffer.from(bytes);
    marked.write("PARE", 0);
    marked.write("PARE", marked.length - 4);
    expect(await causeOf(marked)).toBe("it is encrypted");
    const path = newPath();
    await duckdb(
      "SET force_mbedtls_unsafe = 'true'",
      "PRAGMA add_parquet_key('key', '0123456789112345')",
      `COPY (${MANY}) TO ${sqlText(path)} (FORMAT parquet, ENCRYPTION_CONFIG {footer_key: 'key'})`,
    );
    expect(await causeOf(fs.readFileSync(path))).toBe("it is encrypted");
  });

  test("one whose footer claims a row group that is far too large", async () => {
    const bytes = await good();
    const footerAt = bytes.length - 8 - bytes.readUInt32LE(bytes.length - 8);
    const group = parquetMetadata(new Uint8Array(bytes).buffer).row_groups[1];
    const claimed = group?.columns[0]?.meta_data?.total_uncompressed_size ?? 0n;
    // Compact Thrift: a field whose number is one more than the last, an i64 (0x16), as a varint in zigzag.
    const field = (value: bigint): Buffer => Buffer.from([0x16, ...varint(value * 2n)]);
    const at = bytes.lastIndexOf(field(claimed));
    expect(at).toBeGreaterThan(footerAt);
    const larger = field(3n << 30n);
    const footer = [bytes.subarray(footerAt, at), larger, bytes.subarray(at + field(claimed).length, -8)];
    const end = Buffer.from(bytes.subarray(-8));
    end.writeUInt32LE(Buffer.concat(footer).length);
    const claims = Buffer.concat([bytes.subarray(0, footerAt), ...footer, end]);
    expect(await causeOf(claims)).toMatch(/^row group \d is too large: 3\d{9} bytes, at most 1073741824$/);
  });

  test("one whose footer or rows are damaged, with the place", async () => {
    const bytes = await good();
    const footer = Buffer.from(bytes);
    const length = footer.readUInt32LE(footer.length - 8);
    footer.fill(0xff, footer.length - 8 - length, footer.length - 8);
    expect(await causeOf(footer)).toMatch(/^its footer cannot be read: /);
    const long = Buffer.from(bytes);
    long.writeUInt32LE(0x7fff_ffff, long.length - 8);
    expect(await causeOf(long)).toMatch(/^its footer cannot be read: /);
    const rows = Buffer.from(bytes);
    rows.fill(0xff, 10, 2000);
    expect(await causeOf(rows)).toMatch(/^row group 1 cannot be read: /);
  });
});
