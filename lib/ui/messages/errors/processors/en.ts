// English: errors about templates, endpoints, modules and files named by --depends.
import type { TextFault } from "../../../../core/utf8.ts";
import { formatNumber } from "../../../format.ts";
import type { ErrorTextsOf } from "../error-text.ts";
import { didYouMean, few, fields, partName } from "../../common/en.ts";

function textFault(p: TextFault): string {
  switch (p.fault) {
    case "mark":
      return `is not UTF-8: its byte-order mark (offset 0) is that of ${p.encoding}`;
    case "bytes":
      return `is not UTF-8: invalid bytes at offset ${formatNumber(p.offset)}`;
    case "zero":
      return `is not text: a zero byte at offset ${formatNumber(p.offset)}`;
  }
}

export const processors: ErrorTextsOf<"template" | "endpoint" | "module" | "check" | "depends"> = {
  "template.unknownField": (p) => ({
    message: `Cannot fill in {${p.field}}: no item has such a field${didYouMean(p.nearest)}`,
    hint: `${fields(p.known, "use {} for the whole item")} For literal braces write {{ and }}.`,
  }),
  "template.fieldMissing": (p) => ({
    message: `Cannot fill in {${p.field}}: item ${p.item} has no such field`,
    hint: "Nothing was sent. Give every item that field, or remove it from the template. For literal braces write {{ and }}.",
  }),
  "endpoint.noKey": (p) => ({
    message: "Cannot send requests to the endpoint: there is no key",
    hint: `Set ${p.variable} or name a file with --api-key-file; for another endpoint add --base-url.`,
  }),
  "endpoint.unsetKey": (p) => ({
    message: `Cannot send requests to ${p.url}: the variable ${p.variable} (key-env) is not set`,
    hint: `Set ${p.variable} to the key of that endpoint, or leave key-env out.`,
  }),
  "endpoint.keyInPart": (p) => ({
    message: `Cannot start: the key is in the ${partName(p.part)}, which is recorded and shown`,
    hint: "Take the key out. It is sent as a header: name its place with --api-key-file, OPENAI_API_KEY or --header-env NAME=VARIABLE.",
  }),
  "endpoint.badKey": (p) => ({
    message: `Cannot use the key from ${p.source}: it contains characters that no key has (a line end, a space, a typographic quote)`,
    hint: "Copy the key again: one line of plain letters, digits and signs.",
  }),
  "endpoint.keyCommand": (p) => ({
    message: `Cannot get a key: the command of --api-key-command has failed: ${p.cause}`,
    hint: "No item was run. The first line that the command prints must be the key; run it in a shell to see what is wrong, then run the same command again.",
  }),
  "endpoint.secretInUrl": (p) => ({
    message: `Cannot use the URL of ${p.source}: its parameter "${p.name}" is a secret, and a base URL is recorded`,
    hint: "Remove it from the URL and give it with --api-key-file, OPENAI_API_KEY or --header-env NAME=VARIABLE.",
  }),
  "endpoint.secretHeader": (p) => ({
    message: `Cannot use --header ${p.header}: its value is a secret, and options are recorded and visible to others`,
    hint: `Put the value into a variable and write --header-env ${p.header}=VARIABLE.`,
  }),
  "endpoint.reservedHeader": (p) => ({
    message: `Cannot send a header ${p.header}: ckpt sets it itself for each request`,
    hint: "Leave it out of the command line.",
  }),
  "endpoint.unsetHeader": (p) => ({
    message: `Cannot use --header-env ${p.header}=${p.variable}: no variable ${p.variable} is set`,
    hint: `Set it where ckpt is started: export ${p.variable}=…`,
  }),
  "endpoint.badHeader": (p) => ({
    message: `Cannot use ${p.source}: its value has characters that a header cannot contain (a line end, a control character, letters beyond Latin-1)`,
    hint: "Give one line of plain letters, digits and signs.",
  }),
  "endpoint.badCertificates": (p) => ({
    message: `Cannot use ${p.variable}: ${p.path} cannot be used: ${p.cause}`,
    hint: "Name a file of certificates in PEM form, or unset the variable.",
  }),
  "endpoint.unreadable": (p) => ({
    message: `Cannot use ${p.option}: ${p.path} cannot be read: ${p.cause}`,
    hint: "Check the path and its permissions; a value that starts with @ names a file (@@ for a literal @).",
  }),
  "endpoint.noQuestion": (p) => ({
    message: `Cannot tell what to ask the endpoint: ${p.path} ${p.isResult ? "has results of a batch, not requests" : "is not a batch file of OpenAI, whose lines are requests"}`,
    hint: "Say what to ask: --model NAME --prompt TEXT, --model NAME --messages JSON, or --body JSON.",
  }),
  "endpoint.notTemplate": (p) => ({
    message: `Cannot use ${p.option}: it is neither JSON nor one placeholder: ${p.cause}`,
    hint: `Write JSON, in whose strings fields are filled in, or name the field that holds it: ${p.option} '{field}'.`,
  }),
  "endpoint.emptyFile": (p) => ({
    message: `Cannot use ${p.option}: ${p.path} is empty`,
    hint: "Write the prompt into the file, with fields such as {question}.",
  }),
  "endpoint.notText": (p) => ({
    message: `Cannot use ${p.option}: ${p.path} ${textFault(p)}`,
    hint: `Save the file as UTF-8: iconv -f ${p.fault === "mark" ? "utf-16" : "gb18030"} -t utf-8 FILE, using its actual encoding.`,
  }),
  "endpoint.tooManyConnections": (p) => ({
    message: `Cannot keep ${p.jobs} requests in flight: this process opens at most 256 connections`,
    hint: `Set the limit where ckpt is started: BUN_CONFIG_MAX_HTTP_REQUESTS=${p.jobs} ckpt run …`,
  }),
  "module.missing": (p) => ({
    message: `Cannot load the module: there is no file ${p.path}`,
    hint: "Check the path after --module; it is relative to the current folder.",
  }),
  "module.otherLanguage": (p) => ({
    message: `Cannot load the module ${p.path}: a module is JavaScript or TypeScript`,
    hint: `Run it once per item as a command: -- ${p.program} ${p.path}, or as a long-lived worker: --worker -- ${p.program} ${p.path}`,
  }),
  "module.doesNotLoad": (p) => ({
    message: `Cannot load the module ${p.path}: ${p.cause}`,
    hint: "Fix it, then run the same command again; no item was run. A module is JavaScript or TypeScript; anything else is a command: -- COMMAND.",
  }),
  "module.noProcess": (p) => ({
    message: `Cannot use the module ${p.path}: it exports ${p.exports.length === 0 ? "nothing" : `${few(p.exports)}, but no function process`}`,
    hint: "Add: export async function process(item, context) { … } (or export it as default).",
  }),
  "module.setupFailed": (p) => ({
    message: `Cannot use the module ${p.path}: its setup() failed: ${p.cause}`,
    hint: "Fix setup(), then run the same command again; no item was run.",
  }),
  "module.teardownFailed": (p) => ({
    message: `Cannot end the module ${p.path} cleanly: its teardown() failed: ${p.cause}`,
    hint: "All results are saved. Fix teardown(), then run the same command again.",
  }),
  "check.badSchema": (p) => ({
    message: `Cannot use the JSON Schema ${p.path}: ${p.place === "" ? "" : `${p.place}: `}${p.cause}`,
    hint: "Correct it; nothing was run. A JSON Schema is a file of JSON.",
  }),
  "check.reference": (p) => ({
    message: `Cannot use the JSON Schema ${p.path}: it refers to ${p.reference}, which is not in that file`,
    hint: "ckpt follows references within the file only (#/$defs/NAME) and fetches nothing. Copy what is referred to into the file.",
  }),
  "check.dialect": (p) => ({
    message: `Cannot use the JSON Schema ${p.path}: its $schema is ${p.dialect}`,
    hint: "Supported are 2020-12 and draft-07.",
  }),
  "depends.unreadable": (p) => ({
    message: `Cannot read ${p.path}, named by --depends: ${p.cause}`,
    hint: "Check the path and its permissions.",
  }),
};
