// Plain text: a line an item, or what stands between zero bytes. Only lines of no length are passed over; white space is text.
import { NUL } from "../core/ascii.ts";
import type { Item } from "../core/item.ts";
import { ContentHasher } from "./digest.ts";
import { type FormatReader, ITEMS_PER_ARRAY } from "./format-reader.ts";
import { idOf } from "./item-id.ts";
import { lineRegions, type Separator } from "./lines.ts";

const plainText = (separator?: Separator): FormatReader => ({
  async scan(source, context, collector) {
    const hasher = new ContentHasher(context);
    for await (const lines of lineRegions(source, context, separator)) {
      while (lines.next()) {
        if (lines.start === lines.end) continue;
        const digest = hasher.ofBytes(lines.lineBytes(), collector.count, lines.line);
        if (collector.wantsValue) {
          const text = lines.text();
          collector.add(lines.line, digest, text, text);
        } else {
          collector.addUnread(lines.line, digest);
        }
      }
    }
  },

  async *read(source, context, want, first) {
    const { shownPath: file, idField } = context;
    const hasher = new ContentHasher(context);
    let index = first - 1;
    let items: Item[] = [];
    for await (const lines of lineRegions(source, context, separator)) {
      while (lines.next()) {
        if (lines.start === lines.end) continue;
        index++;
        if (!want(index)) continue;
        const { line } = lines;
        const text = lines.text();
        items.push({
          index,
          line,
          file,
          ...idOf(text, text, idField, { file, line }),
          hash: hasher.hashOfText(text, index, line),
          form: "text",
          text,
          value: text,
        });
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

export const txt: FormatReader = plainText();
/** What `find -print0` writes. */
export const nul: FormatReader = { ...plainText(NUL), allowsNul: true };
