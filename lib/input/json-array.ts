// One JSON array, or one in an object, an element an item. An item's text is the element without white space between tokens: digits and the order of keys stay.
import type { Item, JsonValue } from "../core/item.ts";
import { ContentHasher } from "./digest.ts";
import {
  type FormatReader,
  ITEMS_PER_ARRAY,
  type ReaderContext,
  excerpt,
  jsonProblem,
  malformed,
} from "./format-reader.ts";
import { idOf } from "./item-id.ts";
import { JsonEnvelope } from "./json-envelope.ts";

export const jsonArray: FormatReader = {
  async scan(source, context, collector) {
    const hasher = new ContentHasher(context);
    const envelope = new JsonEnvelope(context, (bytes, line) => {
      const text = bytes.toString("utf8");
      const value = parse(text, line, context);
      collector.add(line, hasher.ofBytes(bytes, collector.count, line), text, value);
    });
    for await (const block of source) envelope.push(block);
    envelope.end();
  },

  async *read(source, context, want, first) {
    const { shownPath: file } = context;
    const hasher = new ContentHasher(context);
    let index = first - 1;
    let items: Item[] = [];
    const envelope = new JsonEnvelope(context, (bytes, line) => {
      index++;
      if (!want(index)) return;
      const text = bytes.toString("utf8");
      const value = parse(text, line, context);
      const { id, idIsJson } = idOf(text, value, context.idField, { file, line });
      items.push({
        index,
        line,
        file,
        id,
        idIsJson,
        hash: hasher.hashOfBytes(bytes, index, line),
        form: "json",
        text,
        value,
      });
    });
    for await (const block of source) {
      envelope.push(block);
      for (let at = 0; at < items.length; at += ITEMS_PER_ARRAY) yield items.slice(at, at + ITEMS_PER_ARRAY);
      items = [];
    }
    envelope.end();
    return index + 1;
  },
};

/** If an element is not JSON, the whole array is invalid: it is unknown where the next element starts. */
function parse(text: string, line: number, context: ReaderContext): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch (error) {
    throw malformed(context, line, `${excerpt(text)} (${jsonProblem(error)})`);
  }
}
