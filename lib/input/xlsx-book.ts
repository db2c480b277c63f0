// What a workbook says of itself: its sheets, how dates are counted, which styles are those of dates, and the texts that cells share.
import type { SaxesParser } from "saxes";
import type { DateKind } from "./xlsx-values.ts";
import { dateKindOf } from "./xlsx-values.ts";
import type { Zip } from "./zip.ts";

export type Book = {
  /** Worksheets in their order, with the entries that hold them. */
  readonly sheets: readonly { readonly name: string; readonly entry: string }[];
  readonly is1904: boolean;
  /** By the number of a cell's style: which part of a date and time it shows; null: none. */
  readonly dateKinds: readonly (DateKind | null)[];
  readonly sharedTexts: readonly string[];
};

export type Attributes = Readonly<Record<string, string>>;

/** Sees the elements of a document, by their names without prefix. */
export type Elements = {
  open(name: string, attributes: Attributes): void;
  text?(text: string): void;
  close?(name: string): void;
};

/** Feeds pieces of XML to a parser. @throws what is no XML */
export async function newParser(elements: Elements): Promise<SaxesParser> {
  const { SaxesParser: Parser } = await import("saxes");
  const parser = new Parser();
  const local = (name: string): string => name.slice(name.indexOf(":") + 1);
  parser.on("opentag", ({ name, attributes }) => elements.open(local(name), attributes as Attributes));
  if (elements.text !== undefined) parser.on("text", (text) => elements.text?.(text));
  if (elements.close !== undefined) parser.on("closetag", ({ name }) => elements.close?.(local(name)));
  parser.on("error", (error) => {
    throw error;
  });
  return parser;
}

async function readAll(zip: Zip, entry: string, elements: Elements): Promise<void> {
  if (!zip.has(entry)) return;
  const parser = await newParser(elements);
  for await (const piece of zip.text(entry)) parser.write(piece);
  parser.close();
}

/** @throws what is wrong with the parts of the book */
export async function readBook(zip: Zip): Promise<Book> {
  const workbook = await workbookEntry(zip);
  const found: { name: string; id: string }[] = [];
  let is1904 = false;
  await readAll(zip, workbook, {
    open(name, attributes) {
      if (name === "sheet") found.push({ name: attributes["name"] ?? "", id: relationOf(attributes) });
      if (name === "workbookPr") is1904 = isTrue(attributes["date1904"]);
    },
  });
  const relations = await relationsOf(zip, workbook);
  const sheets = found.flatMap(({ name, id }) => {
    const relation = relations.get(id);
    return relation?.type === "worksheet" ? [{ name, entry: relation.entry }] : [];
  });
  const entryOf = (type: string): string =>
    [...relations.values()].find((relation) => relation.type === type)?.entry ?? "";
  return {
    sheets,
    is1904,
    dateKinds: await dateKinds(zip, entryOf("styles")),
    sharedTexts: await sharedTexts(zip, entryOf("sharedStrings")),
  };
}

async function workbookEntry(zip: Zip): Promise<string> {
  const relations = await relationsOf(zip, "");
  const document = [...relations.values()].find(({ type }) => type === "officeDocument");
  return document?.entry ?? "xl/workbook.xml";
}

type Relation = { readonly type: string; readonly entry: string };

/** What an entry refers to, by id. @param entry "" for the whole file */
async function relationsOf(zip: Zip, entry: string): Promise<Map<string, Relation>> {
  const slash = entry.lastIndexOf("/");
  const folder = entry.slice(0, slash + 1);
  const relations = new Map<string, Relation>();
  await readAll(zip, `${folder}_rels/${entry.slice(slash + 1)}.rels`, {
    open(name, { Id: id = "", Type: type = "", Target: target = "" }) {
      if (name !== "Relationship") return;
      // A target is relative to the entry's folder, or to the whole file.
      const url = new URL(target, `zip:///${folder}`);
      const kind = type.slice(type.lastIndexOf("/") + 1);
      relations.set(id, { type: kind, entry: decodeURIComponent(url.pathname.slice(1)) });
    },
  });
  return relations;
}

/** `r:id`, whatever the prefix of its name space. */
function relationOf(attributes: Attributes): string {
  return Object.entries(attributes).find(([name]) => name.endsWith(":id"))?.[1] ?? "";
}

function isTrue(value: string | undefined): boolean {
  return value === "1" || value === "true";
}

async function dateKinds(zip: Zip, entry: string): Promise<(DateKind | null)[]> {
  const codes = new Map<number, string>();
  const kinds: (DateKind | null)[] = [];
  let inCells = false;
  await readAll(zip, entry, {
    open(name, attributes) {
      if (name === "numFmt") codes.set(Number(attributes["numFmtId"]), attributes["formatCode"] ?? "");
      if (name === "cellXfs") inCells = true;
      if (name !== "xf" || !inCells) return;
      const id = Number(attributes["numFmtId"] ?? 0);
      kinds.push(dateKindOf(id, codes.get(id)));
    },
    close(name) {
      if (name === "cellXfs") inCells = false;
    },
  });
  return kinds;
}

/** The texts of `si` elements; how a text is to be pronounced (`rPh`) is no part of it. */
async function sharedTexts(zip: Zip, entry: string): Promise<string[]> {
  const texts: string[] = [];
  let text = "";
  let inText = false;
  let inPhonetic = false;
  await readAll(zip, entry, {
    open(name) {
      if (name === "si") text = "";
      if (name === "rPh") inPhonetic = true;
      if (name === "t") inText = !inPhonetic;
    },
    text(piece) {
      if (inText) text += piece;
    },
    close(name) {
      if (name === "t") inText = false;
      if (name === "rPh") inPhonetic = false;
      if (name === "si") texts.push(unescapeText(text));
    },
  });
  return texts;
}

/** Characters that XML cannot hold are written `_x000D_`; so is an underscore that would be read as the beginning of one. */
export function unescapeText(text: string): string {
  return text.replaceAll(/_x([0-9A-Fa-f]{4})_/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
