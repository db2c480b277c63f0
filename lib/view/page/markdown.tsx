// Markdown as elements, never as HTML: raw HTML stays visible text, pictures are links, and links lead to http(s) and mailto alone.
import { marked, type Token, type Tokens } from "marked";
import type { ComponentChildren, VNode } from "preact";
import { useMemo } from "preact/hooks";
import { isNestedDeeper } from "./nesting.ts";
import { plainLine, plainLines } from "./plain-text.ts";
import { TextBlock } from "./text-block.tsx";
import { words } from "./words.ts";

/** Longer texts are shown as they are: some take time with the square of their length. */
export const MARKDOWN_MAX = 100_000;
/** Of objects and lists: some four make one level of a list. */
const LEVELS_MAX = 200;

export function Markdown({ text }: { readonly text: string }): VNode {
  const tokens = useMemo(() => tokensOf(text), [text]);
  if (tokens === null) return <TextBlock text={text} />;
  return (
    <div class="markdown" dir="auto">
      {all(tokens)}
    </div>
  );
}

/** Null where a text is nested too deeply to be drawn. */
function tokensOf(text: string): readonly Token[] | null {
  try {
    const tokens = marked.lexer(text);
    return isNestedDeeper(tokens, LEVELS_MAX) ? null : tokens;
  } catch {
    return null;
  }
}

/** Where a link may lead; null: nowhere. */
function safeLink(address: string): string | null {
  return /^(?:https?:\/\/|mailto:)[^\s]+$/i.test(address) ? address : null;
}

const ENTITIES: { readonly [name: string]: string | undefined } = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  nbsp: " ",
};

/** Replaces entities by their characters; unknown ones stay as they are. */
function withoutEntities(text: string): string {
  return text.replaceAll(
    /&(?:#(\d{1,7})|#[xX]([\da-fA-F]{1,6})|([a-z]+));/g,
    (written, decimal, hex, name) => {
      if (typeof name === "string") return ENTITIES[name] ?? written;
      const code = typeof decimal === "string" ? Number(decimal) : Number.parseInt(String(hex), 16);
      return code > 0 && code <= 0x10_ffff ? String.fromCodePoint(code) : written;
    },
  );
}

function all(tokens: readonly Token[] | undefined): ComponentChildren {
  return (tokens ?? []).map((token) => block(token as Tokens.Generic));
}

function block(token: Tokens.Generic): ComponentChildren {
  switch (token.type) {
    case "space":
    case "def":
      return null;
    case "heading":
      return heading(token as Tokens.Heading);
    case "paragraph":
      return <p>{all(token.tokens)}</p>;
    case "blockquote":
      return <blockquote>{all(token.tokens)}</blockquote>;
    case "code":
      return (
        <pre class="code mono">
          <code>{plainLines((token as Tokens.Code).text)}</code>
        </pre>
      );
    case "hr":
      return <hr />;
    case "html":
      // As it was written: between lines, or within one.
      return (token as Tokens.HTML).block ? <p>{plainLines(token.raw.trim())}</p> : plainLines(token.raw);
    case "list":
      return list(token as Tokens.List);
    case "table":
      return table(token as Tokens.Table);
    default:
      return inline(token);
  }
}

function inline(token: Tokens.Generic): ComponentChildren {
  switch (token.type) {
    case "codespan":
      return <code>{plainLine((token as Tokens.Codespan).text)}</code>;
    case "strong":
      return <strong>{all(token.tokens)}</strong>;
    case "em":
      return <em>{all(token.tokens)}</em>;
    case "del":
      return <del>{all(token.tokens)}</del>;
    case "br":
      return <br />;
    case "link":
      return link((token as Tokens.Link).href, all(token.tokens));
    case "image": {
      const { href, text } = token as Tokens.Image;
      return link(href, words().item.image(plainLine(text === "" ? href : text)));
    }
    case "text":
      return token.tokens === undefined
        ? plainLines(withoutEntities(String(token["text"])))
        : all(token.tokens);
    case "escape":
      return plainLines(String(token["text"]));
    // An unknown token is shown as it was written.
    default:
      return plainLines(token.raw);
  }
}

function heading({ depth, tokens }: Tokens.Heading): VNode {
  const Tag = (["h4", "h5", "h6"] as const)[Math.min(2, depth - 1)] ?? "h6";
  return <Tag>{all(tokens)}</Tag>;
}

function list({ ordered, start, items }: Tokens.List): VNode {
  const entries = items.map((item, at) => (
    <li key={at}>
      {item.task ? <span aria-hidden="true">{item.checked === true ? "☑ " : "☐ "}</span> : null}
      {all(item.tokens)}
    </li>
  ));
  return ordered ? <ol start={start === "" ? 1 : start}>{entries}</ol> : <ul>{entries}</ul>;
}

function table({ header, rows }: Tokens.Table): VNode {
  return (
    <table>
      <thead>
        <tr>
          {header.map((cell, at) => (
            <th key={at} scope="col">
              {all(cell.tokens)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, at) => (
          <tr key={at}>
            {row.map((cell, column) => (
              <td key={column}>{all(cell.tokens)}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function link(address: string, content: ComponentChildren): ComponentChildren {
  const href = safeLink(address);
  if (href === null) return <span>{content}</span>;
  return (
    <a href={href} target="_blank" rel="noopener noreferrer nofollow" title={plainLine(href)}>
      {content}
    </a>
  );
}
