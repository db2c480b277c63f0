// The page of `ckpt view` as one HTML document, with its Content-Security-Policy: nothing is fetched from elsewhere, and no script runs but the page's own.
import { createHash } from "node:crypto";
import { bundlePage } from "../io/bundle-page.ts" with { type: "macro" };
import { DATA_ID } from "./saved/saved-format.ts";

const { script, style } = bundlePage();

export type PageDocument = {
  readonly html: string;
  /** The Content-Security-Policy, for a header. A saved page also has it in the document. */
  readonly policy: string;
};

/** @param data of a saved page, as a text without `<` and `&`; null for a page that asks a server: then the document has no data */
export function pageDocument(data: string | null): PageDocument {
  const common = [
    "default-src 'none'",
    `script-src ${hashOf(script)}`,
    `style-src ${hashOf(style)}`,
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ];
  // frame-ancestors works in a header only: in a meta element, browsers ignore it with a message on the console.
  const policy = [...common, ...(data === null ? ["connect-src 'self'", "frame-ancestors 'none'"] : [])].join(
    "; ",
  );
  const head = [
    '<meta charset="utf-8">',
    ...(data === null ? [] : [`<meta http-equiv="Content-Security-Policy" content="${policy}">`]),
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="referrer" content="no-referrer">',
    '<meta name="color-scheme" content="light dark">',
    '<link rel="icon" href="data:,">',
    "<title>ckpt</title>",
    `<style>${style}</style>`,
  ];
  const body = [
    '<div id="app"></div>',
    ...(data === null ? [] : [`<pre hidden id="${DATA_ID}">${data}</pre>`]),
    `<script>${script}</script>`,
  ];
  const html = `<!doctype html>\n<html lang="en">\n<head>\n${head.join("\n")}\n</head>\n<body>\n${body.join("\n")}\n</body>\n</html>\n`;
  return { html, policy };
}

function hashOf(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}
