// Spreadsheets for tests: parts as XML, packed by fflate, for what the libraries that write books do not write.
import { strToU8, zipSync } from "fflate";

const RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

export type BookParts = {
  /** Rows of each sheet, `<row>…</row>`, by its name. */
  readonly sheets: Readonly<Record<string, string>>;
  /** `<si>…</si>` each. */
  readonly shared?: readonly string[];
  /** Codes of the number formats of styles 1, 2, …; a number names one that is built in. */
  readonly formats?: readonly (string | number)[];
  readonly is1904?: boolean;
  readonly others?: Readonly<Record<string, string>>;
};

const relations = (rows: readonly (readonly [string, string])[]): string =>
  `<Relationships>${rows
    .map(
      ([type, target], at) =>
        `<Relationship Id="r${at}" Type="${RELATIONSHIPS}/${type}" Target="${target}"/>`,
    )
    .join("")}</Relationships>`;

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");

/** The bytes of an .xlsx file. */
export function bookOf({
  sheets,
  shared = [],
  formats = [],
  is1904 = false,
  others = {},
}: BookParts): Uint8Array {
  const names = Object.keys(sheets);
  const codes = formats.flatMap((format, at) =>
    typeof format === "string" ? [`<numFmt numFmtId="${200 + at}" formatCode="${escaped(format)}"/>`] : [],
  );
  const xfs = [
    "<xf/>",
    ...formats.map((format, at) => `<xf numFmtId="${typeof format === "string" ? 200 + at : format}"/>`),
  ];
  const parts: Record<string, string> = {
    "[Content_Types].xml": "<Types/>",
    "_rels/.rels": relations([["officeDocument", "xl/workbook.xml"]]),
    "xl/workbook.xml": `<workbook><workbookPr date1904="${is1904 ? 1 : 0}"/><sheets>${names
      .map((name, at) => `<sheet name="${escaped(name)}" sheetId="${at + 1}" r:id="r${at}"/>`)
      .join("")}</sheets></workbook>`,
    "xl/_rels/workbook.xml.rels": relations([
      ...names.map((_, at) => ["worksheet", `worksheets/sheet${at + 1}.xml`] as const),
      ["styles", "/xl/styles.xml"],
      ["sharedStrings", "sharedStrings.xml"],
    ]),
    "xl/styles.xml": `<styleSheet><numFmts>${codes.join("")}</numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs>${xfs.join("")}</cellXfs></styleSheet>`,
    "xl/sharedStrings.xml": `<sst>${shared.join("")}</sst>`,
    ...others,
  };
  for (const [at, name] of names.entries())
    parts[`xl/worksheets/sheet${at + 1}.xml`] =
      `<worksheet><sheetData>${sheets[name] ?? ""}</sheetData></worksheet>`;
  return zipSync(Object.fromEntries(Object.entries(parts).map(([name, text]) => [name, strToU8(text)])));
}
