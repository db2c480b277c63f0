// English: results written to a file.
import { counted } from "../common/en.ts";

export const output = {
  exported: (rows: number, path: string): string => `${counted(rows, "row", "rows")} written to ${path}`,
};
