// Collects the facts of a scan for all formats: the number of items, missing ids, and paths that no item has.
import { CkptError } from "../core/errors.ts";
import type { JsonValue } from "../core/item.ts";
import { nearestOf } from "../core/nearest.ts";
import { isPlaceField } from "../core/item-place.ts";
import { type FileLine, placesOf } from "../core/file-line.ts";
import type { ScanFields, ScanResult, ScanVisitor } from "./input.ts";
import { hasPath, idText } from "./item-id.ts";

const MISSING_LINES_SHOWN = 10;

export type Collected = Omit<ScanResult, "sizeBytes" | "sha256">;

export class ScanCollector {
  readonly #visit: ScanVisitor;
  readonly #idField: string | null;
  readonly #required: readonly (readonly string[])[];
  readonly #withItems: boolean;
  #missingPaths: readonly (readonly string[])[];
  #lacking: ScanResult["lacking"] = null;
  #knownFields: readonly string[] | null = null;
  #idMissingLines: FileLine[] = [];
  #file = "";
  #idMissingCount = 0;
  #someHaveIdField = false;
  #count = 0;

  constructor(visit: ScanVisitor, idField: string | null, fields: ScanFields) {
    const { paths, inEveryItem, withItems = false } = fields;
    this.#visit = visit;
    this.#idField = idField;
    this.#missingPaths = paths;
    this.#required = inEveryItem ? paths : [];
    this.#withItems = withItems;
  }

  /** Says which file the next items stand in. */
  beginPart(file: string): void {
    this.#file = file;
  }

  /** Number of items so far, which is the index of the next. */
  get count(): number {
    return this.#count;
  }

  /** Whether the next item has to be parsed; if not, `addUnread` will do. */
  get wantsValue(): boolean {
    const looksFor = this.#missingPaths.length > 0 || (this.#required.length > 0 && this.#lacking === null);
    return this.#withItems || this.#idField !== null || looksFor || this.#knownFields === null;
  }

  /** Adds an item whose value is not needed. */
  addUnread(line: number, digest: Uint8Array): void {
    this.#visit(this.#count++, line, digest, null, this.#file, null);
  }

  /**
   * Adds an item with its JSON text and value; undefined means that it cannot be read.
   * @param isValid false: it will fail, so that only its id matters
   */
  add(line: number, digest: Uint8Array, text: string, value: JsonValue | undefined, isValid = true): void {
    const id = value === undefined ? null : this.#idOf(line, text, value);
    const item = this.#withItems ? { text, value, line, file: this.#file } : null;
    const index = this.#count++;
    const isWanted = this.#visit(index, line, digest, id, this.#file, item) !== false;
    if (value === undefined || !isValid) return;
    this.#knownFields ??= fieldNames(value);
    if (isWanted) this.#lookAt(value, index, id);
  }

  #idOf(line: number, text: string, value: JsonValue): string | null {
    if (this.#idField === null) return null;
    const id = idText(text, value, this.#idField, { file: this.#file, line });
    if (id === null) this.#noteMissing(line);
    this.#someHaveIdField ||= id !== null || hasField(value, this.#idField.split("."));
    return id;
  }

  /** Looks for the fields that are asked for. */
  #lookAt(value: JsonValue, index: number, id: string | null): void {
    if (this.#missingPaths.length > 0) {
      this.#missingPaths = this.#missingPaths.filter((path) => !hasField(value, path));
    }
    const lacks = this.#lacking === null && this.#required.find((path) => !hasField(value, path));
    if (lacks) this.#lacking = { path: lacks, index, id };
  }

  #noteMissing(line: number): void {
    this.#idMissingCount++;
    if (this.#idMissingLines.length < MISSING_LINES_SHOWN)
      this.#idMissingLines.push({ file: this.#file, line });
  }

  /** The outcome, after the last item. @throws CkptError `input.empty`, `input.idMissing` */
  finish(shownPath: string, ofSeveral: boolean): Collected {
    if (this.#count === 0) throw new CkptError("input.empty", { path: shownPath });
    if (this.#idField !== null && this.#idMissingCount > 0) {
      const known = this.#someHaveIdField ? null : (this.#knownFields ?? []);
      throw new CkptError("input.idMissing", {
        field: this.#idField,
        lines: placesOf(this.#idMissingLines, ofSeveral),
        count: this.#idMissingCount,
        known,
        nearest: nearestOf(this.#idField, known ?? []),
      });
    }
    return {
      count: this.#count,
      missingPaths: this.#missingPaths,
      lacking: this.#lacking,
      knownFields: this.#knownFields ?? [],
    };
  }
}

/** Whether a value has a field as templates find it: one of the whole name, or one at the end of the path. */
function hasField(value: JsonValue, path: readonly string[]): boolean {
  return isPlaceField(path) || hasPath(value, path) || (path.length > 1 && hasPath(value, [path.join(".")]));
}

function fieldNames(value: JsonValue): readonly string[] {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? Object.keys(value) : [];
}
