// English: what `ckpt view` says, on the terminal and to the page.
import { formatNumber } from "../../format.ts";
import { counted } from "../common/en.ts";

export const viewer = {
  /** The address stands above it. */
  howToEnd: "Open this address in a browser on this machine. Ctrl-C ends it.",
  notOpened: (cause: string): string => `No browser was opened: ${cause}.`,
  noOpener: (programs: string): string => `there is no ${programs}`,
  openerFailed: (program: string, status: number): string => `${program} ended with exit status ${status}`,
  noFolder: "there is no folder of your own for the page that opens it",
  /** A question of the page that failed for a reason of ckpt's own. */
  failed: (cause: string): string => `A question of the page could not be answered: ${cause}`,
  /** Lines of the result log that are no records, or are damaged. */
  unreadable: (lines: number): string =>
    `${counted(lines, "line", "lines")} of the result log cannot be read; all others are shown`,
  /** Why a saved page does not have an item: no path, no cause. */
  inputNotRead: "The input could not be read when this page was saved.",
  /** A page that was saved: how many results it holds, and how many there are. */
  saved: (rows: number, of: number, path: string): string =>
    rows === of
      ? `Saved with all ${counted(of, "result", "results")}: ${path}`
      : `Saved with ${formatNumber(rows)} of ${counted(of, "result", "results")}: ${path}`,
  faults: {
    token: "The token is missing or wrong. Open the address that ckpt view printed.",
    otherOrigin: "Only the page of ckpt view itself may ask.",
    notFound: "There is no such page.",
    noSource: "This is not there any more.",
    gone: "This result is not there any more: another run has taken the place of the one that was shown.",
    badNumber: "The first row and the number of rows must be numbers.",
    tooMany: "Too many windows look at this at the same time.",
    failed: "ckpt view could not answer.",
  },
};
