// English: results written to a file.
import { safeText } from "../../escape.ts";
import { counted } from "../common/en.ts";

export const output = {
  exported: (rows: number, path: string): string => `${counted(rows, "row", "rows")} written to ${path}`,
  rows: (rows: number): string => counted(rows, "row", "rows"),
  noSuchField: (names: readonly string[]): string =>
    `None of the rows has the field ${names.map((name) => safeText(name)).join(", ")}.`,
};
