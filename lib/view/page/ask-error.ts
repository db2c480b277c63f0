// Why the page could not get what it asked for.
import type { Filter } from "../page-contract.ts";

/** How soon the page asks again after a failure. */
export const RETRY_MS = 2000;

/** `code` and `message`: of the server's PageFault; `lost` without a message when the server cannot be reached. */
export class AskError extends Error {
  readonly code: string;
  readonly field: keyof Filter | null;
  constructor(code: string, message: string, field: keyof Filter | null = null) {
    super(message);
    this.code = code;
    this.field = field;
  }
}
