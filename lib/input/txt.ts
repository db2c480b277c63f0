// Plain text: a line an item. Only lines of no length are passed over; white space is text.
import type { Item } from "../core/item.ts";
import { ContentHasher } from "./digest.ts";
import { type FormatReader, ITEMS_PER_ARRAY } from "./format-reader.ts";
import { lineRegions } from "./lines.ts";

export const txt: FormatReader = {
  async scan(source, context, collector) {
    const hasher = new ContentHasher(context.hashIndex);
    for await (const lines of lineRegions(source, context)) {
      while (lines.next()) {
        if (lines.start === lines.end) continue;
        const digest = hasher.ofBytes(lines.lineBytes(), collector.count);
        if (collector.wantsValue) {
          const text = lines.text();
          collector.add(lines.line, digest, text, text);
        } else {
          collector.addUnread(lines.line, digest);
        }
      }
    }
  },

  async *read(source, context, want) {
    const hasher = new ContentHasher(context.hashIndex);
    let index = -1;
    let items: Item[] = [];
    for await (const lines of lineRegions(source, context)) {
      while (lines.next()) {
        if (lines.start === lines.end) continue;
        index++;
        if (!want(index)) continue;
        const text = lines.text();
        const hash = hasher.hashOfText(text, index);
        items.push({
          index,
          line: lines.line,
          id: null,
          idIsJson: false,
          hash,
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
  },
};
