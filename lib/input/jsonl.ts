// JSON lines: each line is an item, or says of what an item consists (LineForm). A line is parsed only if its value is needed: a scan without `--id` costs
// one search and one hash per line.
import type { Item, JsonValue } from "../core/item.ts";
import { ContentHasher } from "./digest.ts";
import {
  type FormatReader,
  ITEMS_PER_ARRAY,
  type ReaderContext,
  badFirst,
  excerpt,
  jsonProblem,
} from "./format-reader.ts";
import { idOf } from "./item-id.ts";
import { type LineCursor, lineRegions } from "./lines.ts";

/** What the lines of a file have to be beside JSON. */
export type LineForm = {
  /** The item that a line is: JSON text without line breaks, its value, and why it is no valid item. */
  itemOf(text: string, value: JsonValue): LineItem;
  /** Whether a file whose first line is this one has another format. */
  isOther(item: LineItem): boolean;
};

export type LineItem = { readonly text: string; readonly value: JsonValue; readonly defect?: string };

const ANY_JSON: LineForm = { itemOf: (text, value) => ({ text, value }), isOther: () => false };

export const jsonLines = (form: LineForm): FormatReader => ({
  async scan(source, context, collector) {
    const hasher = new ContentHasher(context);
    const first = collector.count;
    for await (const lines of lineRegions(source, context)) {
      while (lines.next()) {
        if (lines.isBlank()) continue;
        const digest = hasher.ofBytes(lines.lineBytes(), collector.count, lines.line);
        if (!collector.wantsValue) {
          collector.addUnread(lines.line, digest);
          continue;
        }
        const text = lines.text();
        const parsed = parse(text);
        const isFirst = collector.count === first;
        if (isFirst) refuseFirst(parsed, text, lines.line, context);
        if (parsed.value === undefined) {
          collector.add(lines.line, digest, text, undefined);
          continue;
        }
        const item = form.itemOf(text, parsed.value);
        if (isFirst && form.isOther(item))
          throw badFirst(context, lines.line, `${item.defect}: ${excerpt(text)}`);
        collector.add(lines.line, digest, item.text, item.value, item.defect === undefined);
      }
    }
  },

  async *read(source, context, want, first) {
    const hasher = new ContentHasher(context);
    let index = first - 1;
    let items: Item[] = [];
    for await (const lines of lineRegions(source, context)) {
      while (lines.next()) {
        if (lines.isBlank()) continue;
        index++;
        if (!want(index)) continue;
        items.push(itemOf(lines, index, hasher, context, form));
        if (items.length < ITEMS_PER_ARRAY) continue;
        yield items;
        items = [];
      }
      if (items.length === 0) continue;
      yield items;
      items = [];
    }
    return index + 1;
  },
});

export const jsonl: FormatReader = jsonLines(ANY_JSON);

function itemOf(
  lines: LineCursor,
  index: number,
  hasher: ContentHasher,
  context: ReaderContext,
  form: LineForm,
): Item {
  const { line } = lines;
  const { shownPath: file } = context;
  const written = lines.text();
  const hash = hasher.hashOfText(written, index, line);
  const parsed = parse(written);
  if (parsed.value === undefined) {
    const defect = `line ${line} is not JSON: ${parsed.problem}`;
    return {
      index,
      line,
      file,
      id: null,
      idIsJson: false,
      hash,
      form: "json",
      text: written,
      value: undefined,
      defect,
    };
  }
  // A lone CR can stand between tokens only, where any other white space means the same.
  const { text, value, defect } = form.itemOf(
    written.includes("\r") ? written.replaceAll("\r", " ") : written,
    parsed.value,
  );
  const { id, idIsJson } = idOf(text, value, context.idField, { file, line });
  const item = { index, line, file, id, idIsJson, hash, form: "json", text, value } as const;
  return defect === undefined ? item : { ...item, defect: `line ${line}: ${defect}` };
}

type Parsed =
  | { readonly value: JsonValue; readonly problem?: never }
  | { readonly value: undefined; readonly problem: string };

function parse(text: string): Parsed {
  try {
    return { value: JSON.parse(text) as JsonValue };
  } catch (error) {
    return { value: undefined, problem: jsonProblem(error) };
  }
}

/** A file whose first line is not JSON does not have this format: refuse it before the run, instead of a million failed items. */
function refuseFirst(parsed: Parsed, text: string, line: number, context: ReaderContext): void {
  if (parsed.value === undefined) {
    const looksLike = /^\s*\[/.test(text) ? "array" : /^\s*(?:#|\/\/)/.test(text) ? "comment" : null;
    throw badFirst(context, line, `${excerpt(text)} (${parsed.problem})`, looksLike);
  }
}
