// From the elements of a sheet to its rows.
import { type Attributes, type Book, type Elements, unescapeText } from "./xlsx-book.ts";
import { dateText, numberText } from "./xlsx-values.ts";

export type SheetRow = {
  /** Number of the row, as a spreadsheet shows it. */
  readonly line: number;
  /** JSON texts of the cells, by column; undefined where there is none. */
  readonly cells: readonly (string | undefined)[];
};

/** The last column of a sheet is XFD. */
const COLUMNS_MAX = 16_384;

export class SheetRows implements Elements {
  readonly #book: Book;
  #rows: SheetRow[] = [];
  #line = 0;
  #cells: (string | undefined)[] = [];
  #column = -1;
  #type = "n";
  #style = -1;
  #reference = "";
  #hasFormula = false;
  /** What a cell holds; null where it holds nothing. */
  #value: string | null = null;
  #inText = false;
  #inPhonetic = false;

  constructor(book: Book) {
    this.#book = book;
  }

  /** The rows with a value since this was last asked for. */
  take(): readonly SheetRow[] {
    const rows = this.#rows;
    this.#rows = [];
    return rows;
  }

  open(name: string, attributes: Attributes): void {
    switch (name) {
      case "row":
        this.#line = Number(attributes["r"] ?? this.#line + 1);
        this.#cells = [];
        this.#column = -1;
        break;
      case "c":
        this.#reference = attributes["r"] ?? "";
        this.#column = this.#reference === "" ? this.#column + 1 : columnOf(this.#reference);
        this.#type = attributes["t"] ?? "n";
        this.#style = Number(attributes["s"] ?? -1);
        this.#hasFormula = false;
        this.#value = null;
        break;
      case "f":
        this.#hasFormula = true;
        break;
      case "rPh":
        this.#inPhonetic = true;
        break;
      case "v":
      case "t":
        this.#inText = !this.#inPhonetic;
        if (this.#inText) this.#value ??= "";
        break;
      default:
    }
  }

  text(piece: string): void {
    if (this.#inText) this.#value += piece;
  }

  close(name: string): void {
    switch (name) {
      case "v":
      case "t":
        this.#inText = false;
        break;
      case "rPh":
        this.#inPhonetic = false;
        break;
      case "c":
        this.#addCell();
        break;
      case "row":
        if (this.#cells.length > 0) this.#rows.push({ line: this.#line, cells: this.#cells });
        break;
      default:
    }
  }

  #addCell(): void {
    if (this.#column < 0 || this.#column >= COLUMNS_MAX)
      throw new Error(`cell ${this.#reference} is in no column`);
    const json = this.#json();
    if (json !== null) this.#cells[this.#column] = json;
  }

  #json(): string | null {
    const value = this.#value;
    // A formula without a text has a number; some programs that do not calculate write an empty one.
    if (value === null || (value === "" && this.#type === "n")) {
      if (this.#hasFormula)
        throw new Error(`cell ${this.#reference} has a formula whose value was never stored`);
      return null;
    }
    switch (this.#type) {
      case "s":
        return JSON.stringify(this.#sharedText(value));
      case "b":
        return value === "1" || value === "true" ? "true" : "false";
      case "n":
        return this.#date(value) ?? numberText(value);
      default:
        // Text of a formula or of the cell itself, an error, a date as ISO text.
        return JSON.stringify(unescapeText(value));
    }
  }

  #sharedText(number: string): string {
    const text = this.#book.sharedTexts[Number(number)];
    if (text === undefined) throw new Error(`cell ${this.#reference} has a text that the book does not have`);
    return text;
  }

  #date(value: string): string | null {
    const kind = this.#book.dateKinds[this.#style] ?? null;
    const text = kind === null ? null : dateText(Number(value), kind, this.#book.is1904);
    return text === null ? null : JSON.stringify(text);
  }
}

/** From 0: `AB7` is 27. */
function columnOf(reference: string): number {
  let column = 0;
  for (const character of reference) {
    const code = character.charCodeAt(0);
    if (code < 0x41 || code > 0x5a) break;
    column = column * 26 + code - 0x40;
  }
  return column - 1;
}
