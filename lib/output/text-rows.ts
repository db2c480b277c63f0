// The rows of an output file of text: JSON lines, an array, or a table.
import type { FileSystem } from "../io/fs.ts";
import type { TextFormat } from "./output-format.ts";
import { OutputPieces } from "./output-pieces.ts";
import {
  type OutputRows,
  parseJsonRow,
  type RowParser,
  type RowsByPlace,
  tableHeader,
  tableRowParser,
} from "./output-row.ts";

export function textRows(fs: FileSystem, file: string, format: TextFormat): OutputRows {
  const isTable = format === "csv" || format === "tsv";
  /** Goes to the first piece. Null: the file has none. */
  const parserOf = (pieces: OutputPieces): RowParser | null => {
    if (!pieces.first()) return null;
    return isTable ? tableRowParser(tableHeader(pieces.text(), format)) : parseJsonRow;
  };
  return {
    async each(visit) {
      const pieces = new OutputPieces(fs, file, format);
      try {
        const parse = parserOf(pieces);
        if (parse === null || (isTable && !pieces.next())) return;
        do {
          if (!visit(parse(pieces.text()), pieces.place)) return;
        } while (pieces.next());
      } finally {
        pieces.close();
      }
    },
    open(): RowsByPlace {
      const pieces = new OutputPieces(fs, file, format);
      const parse = parserOf(pieces);
      return {
        at: (place) => (parse !== null && pieces.at(place) ? parse(pieces.text()) : undefined),
        close: () => pieces.close(),
      };
    },
  };
}
