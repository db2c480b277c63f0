// `--image`: pictures of an item as parts of the last message of the user. A file is read when its request is sent, and only then; what is shown and estimated
// has no more of it than its size.
import { causeText } from "../../../core/errors.ts";
import type { Item } from "../../../core/item.ts";
import type { Picture } from "../../../core/picture.ts";
import { fieldPathsOf, placeholderValue } from "../../../core/template.ts";
import { readNamedFile } from "../../../io/file.ts";
import type { FileSystem } from "../../../io/fs.ts";
import { shortened } from "../../fingerprint-parts.ts";
import type { Api, MessageParts, RequestBody } from "../api/api.ts";
import { isArray } from "./json-request.ts";
import type { NoRequest, Request, RequestMaker } from "./request.ts";

export type PictureSettings = {
  /** The fields that name pictures. */
  readonly fields: readonly string[];
  /** The input has ids (`--id`). */
  readonly hasId: boolean;
  readonly fs: FileSystem;
};

/** The same requests with pictures. */
export function picturedRequests(
  requests: RequestMaker,
  { fields, hasId, fs }: PictureSettings,
): RequestMaker {
  const placeholders = fields.map((name) => ({ kind: "field", name }) as const);
  return {
    ...requests,
    requestOf(item) {
      const request = requests.requestOf(item);
      if (!("body" in request)) return request;
      const missing = placeholders.filter((field) => placeholderValue(field, item) === undefined);
      if (missing.length > 0) return { missing: missing.map(({ name }) => name) };
      return withPictures(request, item, fs);
    },
    fieldPaths: [...requests.fieldPaths, ...fieldPathsOf([placeholders], hasId)],
    fingerprintParts: [
      ...requests.fingerprintParts,
      { name: "image", value: JSON.stringify(fields), shown: shortened(fields.join(", ")) },
    ],
  };
}

function withPictures(request: Request, item: Item, fs: FileSystem): Request | NoRequest {
  const { api } = request;
  const { pictures = [] } = item;
  if (pictures.length === 0) return request;
  const shown = added(request.body, api, pictures.map(shownUrl));
  if ("wrong" in shown) return shown;
  return {
    ...request,
    pictures: {
      shown: (body) => bodyOf(added(body, api, pictures.map(shownUrl))) ?? body,
      whole(body) {
        const urls: string[] = [];
        for (const picture of pictures) {
          const url = wholeUrl(picture, fs);
          if (typeof url !== "string") return url;
          urls.push(url);
        }
        return added(body, api, urls);
      },
    },
  };
}

type Added = { readonly body: RequestBody } | { readonly wrong: string };

function bodyOf(made: Added): RequestBody | null {
  return "body" in made ? made.body : null;
}

/** The body with pictures in its last message of the user. */
function added(body: RequestBody, { parts, questionNames }: Api, urls: readonly string[]): Added {
  const [name = ""] = questionNames;
  const question = body[name];
  // A bare question is a message of the user.
  const messages = typeof question === "string" ? [{ role: "user", content: question }] : question;
  const at = isArray(messages) ? messages.findLastIndex(isOfUser) : -1;
  if (parts === null || !isArray(messages) || at < 0)
    return { wrong: "the request has no message of the user for its pictures" };
  const message = messages[at] as { readonly content?: unknown };
  const content = [...contentParts(message.content, parts), ...urls.map((url) => parts.picture(url))];
  return { body: { ...body, [name]: messages.with(at, { ...message, content }) } };
}

function isOfUser(message: unknown): boolean {
  return typeof message === "object" && message !== null && "role" in message && message.role === "user";
}

function contentParts(content: unknown, parts: MessageParts): readonly unknown[] {
  if (isArray(content)) return content;
  return typeof content === "string" && content !== "" ? [parts.text(content)] : [];
}

function shownUrl(picture: Picture): string {
  return picture.kind === "url" ? picture.url : `data:${picture.type};base64,… (${picture.sizeBytes} bytes)`;
}

/** A file is sent only if it is what the item is known by. */
function wholeUrl(picture: Picture, fs: FileSystem): string | { readonly wrong: string } {
  if (picture.kind === "url") return picture.url;
  const { path, shownPath, type, sizeBytes, sha256 } = picture;
  try {
    const bytes = readNamedFile(fs, path, sizeBytes);
    if (Bun.SHA256.hash(bytes, "hex") === sha256) return `data:${type};base64,${bytes.toString("base64")}`;
    return { wrong: `${shownPath} has changed since the input was read` };
  } catch (error) {
    return { wrong: `${shownPath} cannot be read: ${causeText(error)}` };
  }
}
