// Chooses how progress is shown and loads only the code for that.
import type { Reporter } from "../../run/progress.ts";
import type { Catalogue } from "../messages/en.ts";
import type { Notes } from "../notes.ts";
import type { Screen } from "../screen.ts";

/** `--progress`. */
export type ProgressMode = "auto" | "bar" | "plain" | "json" | "none";

/**
 * The reporter for `--progress`. auto: a bar if the cursor can be moved, else plain lines; none with `quiet`. If a bar is requested where it is
 * impossible, plain lines are used.
 * @param options.quiet leaves notes out (`-q`)
 */
export async function createReporter(options: {
  readonly mode: ProgressMode;
  readonly screen: Screen;
  readonly catalogue: Catalogue;
  readonly notes: Notes;
  readonly quiet: boolean;
}): Promise<Reporter> {
  const { screen, catalogue, notes, quiet } = options;
  switch (shownMode(options.mode, screen, quiet)) {
    case "bar":
      return (await import("./bar.ts")).barReporter(screen, catalogue, notes);
    case "json":
      return (await import("./json.ts")).jsonReporter(screen, quiet);
    case "plain":
      return (await import("./plain.ts")).plainReporter(screen, catalogue, notes);
    case "none":
      return (await import("./none.ts")).noneReporter(screen, notes);
  }
}

function shownMode(mode: ProgressMode, screen: Screen, quiet: boolean): Exclude<ProgressMode, "auto"> {
  if (mode === "auto") return quiet ? "none" : screen.moves ? "bar" : "plain";
  return mode === "bar" && !screen.moves ? "plain" : mode;
}
