// What the rows of an output consist of. Without wishes, a row is a result as it is, with fields joined behind it (`joined`). Where fields are chosen, flattened, or
// items without a result have rows, a row is made of its fields alone (`shaped`).
import { CkptError } from "../core/errors.ts";
import type { IdStyle } from "../core/status.ts";
import { joinedFields } from "./item-fields.ts";
import type { JoinedField } from "./result-writer.ts";
import type { RowChoice } from "./row-choice.ts";
import {
  fieldAt,
  fieldText,
  flatFields,
  listedOutputs,
  META_FIELDS,
  metaFields,
  ownFields,
  type ResultRow,
} from "./row-fields.ts";

/** More columns than a spreadsheet supports (16 384 in Excel) are a mistake, and would make each row as long. */
const FIELD_COLUMNS_MAX = 16_000;

/** Which fields an output has. */
export type FieldChoice = {
  /** Whether the item's fields are joined, where the input is read. False: they are only looked at. Default true. */
  readonly joinItem?: boolean;
  /** `--include-meta`: how each result was made. */
  readonly includeMeta?: boolean;
  /** `--flatten`: an output that is an object becomes a column for each of its fields; a list of outputs, a column for each of them. */
  readonly flatten?: boolean;
  /** `--repeat-as list`: one row an item, with all its answers. Default `lines`: one row an answer. */
  readonly repeatAs?: "lines" | "list";
  /** `--fields`: these only, in this order. */
  readonly fields?: readonly string[];
};

const OWN_FIELDS: ReadonlySet<string> = new Set(["index", "id", "repeat", "status", "output", "error"]);

/** Names that were asked for. */
function namedFields(choice: FieldChoice, rows: RowChoice): string[] {
  return [...(choice.fields ?? []), ...rows.where.map(({ field }) => field)];
}

/** Names that were asked for, of fields that rows may lack altogether: those of items, and those within outputs. */
function openNames(choice: FieldChoice, rows: RowChoice): string[] {
  const meta: readonly string[] = choice.includeMeta === true ? META_FIELDS : [];
  return namedFields(choice, rows).filter(
    (name) => !OWN_FIELDS.has(name) && !name.startsWith("error.") && !meta.includes(name),
  );
}

/** Whether fields of the items are wanted: all of them, some by their names, or the ids of those without a result. */
export function needsItems(choice: FieldChoice, rows: RowChoice, ids: IdStyle): boolean {
  if (choice.joinItem !== false) return true;
  if (rows.statuses.has("pending") && ids !== "none") return true;
  return openNames(choice, rows).some((name) => !name.startsWith("output."));
}

export class RowShape {
  /** Whether rows are made of their fields alone. */
  readonly isShaped: boolean;
  readonly choice: FieldChoice;
  /** Whether rows need how their results were made: all of it is wanted, or some of it is named. */
  readonly readsMeta: boolean;
  readonly #rows: RowChoice;
  readonly #ids: IdStyle;
  readonly #idField: string | null;
  readonly #withRepeats: boolean;
  /** Names that were asked for and that no row had so far. */
  readonly #missing: Set<string>;

  /** @param idField the field that `--id` names; null without */
  constructor(
    choice: FieldChoice,
    rows: RowChoice,
    facts: { readonly ids: IdStyle; readonly idField: string | null; readonly withRepeats: boolean },
  ) {
    this.choice = choice;
    this.#rows = rows;
    this.#ids = facts.ids;
    this.#idField = facts.idField;
    this.#withRepeats = facts.withRepeats;
    const metaNames: readonly string[] = META_FIELDS;
    this.readsMeta =
      choice.includeMeta === true || namedFields(choice, rows).some((name) => metaNames.includes(name));
    this.#missing = new Set(openNames(choice, rows));
    this.isShaped =
      choice.fields !== undefined ||
      choice.flatten === true ||
      choice.repeatAs === "list" ||
      rows.statuses.has("pending");
  }

  /** Names that were asked for and that no row had which was looked at. */
  get missing(): readonly string[] {
    return [...this.#missing];
  }

  /** Whether the output has the row. */
  accepts(row: ResultRow): boolean {
    const { where } = this.#rows;
    if (where.length === 0) return true;
    const fields = this.#all(row);
    return where.every(({ field, holds }) => {
      const json = this.#find(fields, field);
      return json !== undefined && holds(fieldText(json));
    });
  }

  /** The fields behind a result. */
  joined(row: ResultRow): readonly JoinedField[] {
    const { item } = row;
    const meta = this.choice.includeMeta === true ? metaFields(row) : [];
    const joins = this.choice.joinItem !== false && item !== null;
    return joins ? [...meta, ...this.#itemFields(item)] : meta;
  }

  /** All fields of a row, those that are chosen in their order. */
  shaped(row: ResultRow): JoinedField[] {
    return this.#columns(row).flatMap(({ fields }) => fields);
  }

  /** Collects the names of the columns of all rows. */
  columnNames(): ColumnNames {
    const { fields, flatten, includeMeta } = this.choice;
    const names = new ColumnNames();
    const own = ["index", ...(this.#ids === "none" ? [] : ["id"]), ...(this.#withRepeats ? ["repeat"] : [])];
    const standing = [...own, "status", "output", "error", ...(includeMeta === true ? META_FIELDS : [])];
    for (const base of fields ?? standing) {
      // Flattened, it may be other columns instead.
      const isOpen = flatten === true && /^output(?:\.|$)/.test(base);
      names.open(base, isOpen ? [] : [base]);
    }
    return names;
  }

  /** Notes which columns a row has. @param visit is called with each of its fields */
  collect(row: ResultRow, names: ColumnNames, visit?: (field: JoinedField) => void): void {
    for (const { base, fields } of this.#columns(row)) {
      for (const field of fields) {
        names.add(base, field.name);
        visit?.(field);
      }
    }
  }

  /** The chosen fields of a row: each with what it became when it was flattened. */
  #columns(row: ResultRow): { readonly base: string; readonly fields: readonly JoinedField[] }[] {
    const { fields: chosen, flatten } = this.choice;
    const isFlat = (name: string): boolean => flatten === true && /^output(?:\.|$)/.test(name);
    const spread = (field: JoinedField): readonly JoinedField[] => {
      if (!isFlat(field.name)) return [field];
      const isList = field.name === "output" && row.answers !== undefined;
      return isList ? listedOutputs(row.answers).flatMap((each) => flatFields(each)) : flatFields(field);
    };
    if (chosen === undefined) {
      const fields = [...ownFields(row, this.#ids, this.#withRepeats), ...this.joined(row)];
      return fields.map((field) => ({ base: field.name, fields: spread(field) }));
    }
    const all = this.#all(row);
    return chosen.flatMap((name) => {
      const json = this.#find(all, name);
      return json === undefined ? [] : [{ base: name, fields: spread({ name, json }) }];
    });
  }

  /** Every field that can be named. */
  #all(row: ResultRow): ReadonlyMap<string, string> {
    const { item, answers = [] } = row;
    const fields = new Map<string, string>();
    const own = ownFields(row, this.#ids, this.#withRepeats);
    const meta = this.readsMeta ? metaFields(row) : [];
    for (const { name, json } of [...own, ...listedOutputs(answers), ...meta]) fields.set(name, json);
    // Without `--include-meta` no field of the item is renamed: it wins over one of the same name that says how the result was made.
    if (item !== null) for (const { name, json } of this.#itemFields(item)) fields.set(name, json);
    return fields;
  }

  #itemFields(item: NonNullable<ResultRow["item"]>): JoinedField[] {
    const withMeta = this.choice.includeMeta === true;
    return joinedFields(item, this.#idField, { withRepeats: this.#withRepeats, withMeta });
  }

  #find(fields: ReadonlyMap<string, string>, name: string): string | undefined {
    const json = fieldAt(fields, name);
    if (json !== undefined && this.#missing.size > 0) this.#missing.delete(name);
    return json;
  }
}

/** Names of columns, in the order of the fields that they come from, and then of their first appearance. */
export class ColumnNames {
  readonly #byBase = new Map<string, Set<string>>();
  #count = 0;

  open(base: string, names: readonly string[]): void {
    if (!this.#byBase.has(base)) this.#byBase.set(base, new Set(names));
  }

  /** @throws CkptError `output.tooManyColumns` */
  add(base: string, name: string): void {
    this.open(base, []);
    const names = this.#byBase.get(base);
    if (names === undefined || names.has(name)) return;
    names.add(name);
    if (++this.#count > FIELD_COLUMNS_MAX)
      throw new CkptError("output.tooManyColumns", { max: FIELD_COLUMNS_MAX });
  }

  list(): string[] {
    const all = new Set<string>();
    for (const names of this.#byBase.values()) for (const name of names) all.add(name);
    return [...all];
  }
}
