// Candidates as bash takes them: readline puts them on the line as they are, so they have to be quoted here. What has been typed stays as it is typed; only
// what is missing is written behind it, in the quotes that are open.
import type { OpenWord } from "./typed-line.ts";
import type { Candidate } from "./wanted.ts";

// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const CONTROL = /[\u0000-\u001f\u007f]/g;
// oxlint-disable-next-line no-control-regex -- and those that follow each other
const CONTROLS = /[\u0000-\u001f\u007f]+/g;
/** Characters of ASCII that may mean something to bash somewhere in a word. */
const SPECIAL = /[ !"#$&'()*,;<>?[\\\]^`{|}~]/g;

/** What goes into COMPREPLY for a candidate. @param prefix what stands in front of all candidates */
export function bashReply({ word, isOpen }: Candidate, prefix: string, open: OpenWord): string {
  const missing = (prefix + word).slice((open.value ?? "").length);
  const typed = open.raw.slice(open.replacedFrom);
  // Readline closes an open quote by itself; a space would come to stand inside of it.
  const end = isOpen === true || open.quote !== "" ? "" : " ";
  return typed + quoteFor(missing, open.quote) + end;
}

/** The end of a placeholder (`stion}`), in which bash finds nothing to expand. */
const PLACEHOLDER_END = /^(?:#|[\p{L}\p{M}\p{N}_-]+(?:\.[\p{L}\p{M}\p{N}_-]+)*)?\}$/u;

function quoteFor(text: string, quote: OpenWord["quote"]): string {
  if (quote === "'") return controlsWritten(text.replaceAll("'", String.raw`'\''`), "'");
  if (quote === '"')
    return controlsWritten(text.replaceAll(/["$\\`]/g, String.raw`\$&`).replaceAll("!", `"'!'"`), '"');
  if (PLACEHOLDER_END.test(text)) return text;
  return controlsWritten(text.replaceAll(SPECIAL, String.raw`\$&`), "");
}

/** A line's end and the like stand in quotes of their own; the open ones are closed before, and opened again. */
function controlsWritten(text: string, quote: string): string {
  return text.replaceAll(CONTROLS, (controls) => {
    const written = controls.replaceAll(
      CONTROL,
      (one) => `\\x${one.charCodeAt(0).toString(16).padStart(2, "0")}`,
    );
    return `${quote}$'${written}'${quote}`;
  });
}
