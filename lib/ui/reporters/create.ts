// Chooses how progress is shown, and loads only what that way needs.
import type { Reporter } from "../../run/progress.ts";
import type { Catalogue } from "../messages/en.ts";
import type { Notes } from "../notes.ts";
import type { Screen } from "../screen.ts";

/** `--progress`. */
export type ProgressMode = "auto" | "bar" | "plain" | "json" | "none";

/**
 * The reporter for `--progress`. auto: a bar where the cursor can be moved, plain lines elsewhere, none with `quiet`. A bar that
 * was asked for where there can be none becomes plain lines.
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
