// The server of `ckpt view`: the page, and the data that it asks for (page-data.ts), on 127.0.0.1. It reads only. Whatever goes wrong is said in words, never as a stack.
import { CkptError } from "../../core/errors.ts";
import { STATUSES } from "../../core/record.ts";
import type { Clock } from "../../io/clock.ts";
import { collectGarbage } from "../../io/garbage.ts";
import { type LoopbackServer, serveLoopback } from "../../io/http-listener.ts";
import type { Language } from "../../ui/language.ts";
import type { Catalogue } from "../../ui/messages/en.ts";
import { describeError } from "../../ui/render-error.ts";
import { Gone, NoSource, PageReader, ROWS_MAX, type ViewData } from "../data/view-data.ts";
import type { Filter, PageFault } from "../page-data.ts";
import { SourceEvents } from "./source-events.ts";
import { OWN_HEADERS, requestRefusal, type RequestRefusal } from "./request-refusal.ts";

export type ViewServerParts = {
  readonly data: ViewData;
  readonly clock: Clock;
  readonly token: string;
  /** 0: one that is free. */
  readonly port: number;
  /** The page, which holds no data, and its Content-Security-Policy. */
  readonly page: { readonly html: string; readonly policy: string };
  /** Called with errors that are faults of ckpt itself. */
  readonly onFailure: (error: unknown) => void;
};

/** @throws errors of the system: EADDRINUSE, EACCES */
export function serveView(parts: ViewServerParts): LoopbackServer {
  const answers = new ViewAnswers(parts);
  const server = serveLoopback(parts.port, {
    maxBodyBytes: 0,
    handle: (request) => answers.answer(request, server.port),
  });
  return {
    port: server.port,
    close: () => {
      answers.close();
      server.close();
    },
  };
}

class ViewAnswers {
  readonly #parts: ViewServerParts;
  readonly #reader: PageReader;
  readonly #events = new Map<string, SourceEvents>();

  constructor(parts: ViewServerParts) {
    this.#parts = parts;
    this.#reader = new PageReader(parts.data);
  }

  async answer(request: Request, port: number): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    const language: Language = searchParams.get("lang") === "zh" ? "zh" : "en";
    const { token, page, data } = this.#parts;
    const catalogue = data.parts.catalogues[language];
    const { viewer } = catalogue;
    const isPage = pathname === "/";
    const refusal = requestRefusal(request, { port, token }, !isPage);
    if (refusal !== null) return faultAnswer(refusal.status, refusal.code, refusalWords(refusal, viewer));
    if (isPage) return pageAnswer(page);
    try {
      const answer = await this.#data(pathname, searchParams, language, request.signal);
      return answer ?? faultAnswer(404, "not-found", viewer.faults.notFound);
    } catch (error) {
      const { status, fault } = this.#faultOf(error, catalogue);
      return answerWith(status, fault);
    } finally {
      collectGarbage();
    }
  }

  /** Null: there is no such path. */
  async #data(
    pathname: string,
    params: URLSearchParams,
    language: Language,
    signal: AbortSignal,
  ): Promise<Response | null> {
    const reader = this.#reader;
    const source = params.get("source") ?? "";
    switch (pathname) {
      case "/api/sources":
        return jsonAnswer(await reader.sources());
      case "/api/overview":
        return jsonAnswer(await reader.overview(source));
      case "/api/rows": {
        const [from, count] = [numberIn(params, "from", 0), numberIn(params, "count", ROWS_MAX)];
        return jsonAnswer(await reader.rows(source, filterIn(params), from, count, signal));
      }
      case "/api/item":
        return jsonAnswer(await reader.item(source, params.get("ref") ?? ""));
      case "/api/events":
        return this.#openEvents(source, language);
      default:
        return null;
    }
  }

  async #openEvents(source: string, language: Language): Promise<Response> {
    const { data, clock } = this.#parts;
    data.place(source); // there is one
    const key = `${language} ${source}`;
    for (const [other, events] of this.#events)
      if (events.isIdle && other !== key) this.#events.delete(other);
    const watched = {
      overview: () =>
        this.#reader.overview(source).catch((error: unknown) => ({
          fault: this.#faultOf(error, data.parts.catalogues[language]).fault,
        })),
      signature: (isLive: boolean) => `${data.listing} ${signatureOf(data, source, isLive)}`,
    };
    const events = this.#events.get(key) ?? new SourceEvents(watched, clock);
    this.#events.set(key, events);
    const response = await events.open();
    if (response === null) throw new TooMany();
    for (const [name, value] of Object.entries(OWN_HEADERS)) response.headers.set(name, value);
    return response;
  }

  #faultOf(error: unknown, catalogue: Catalogue): Found {
    const found = faultOf(error, catalogue);
    if (found.fault.error.code === "failed") this.#parts.onFailure(error);
    return found;
  }

  close(): void {
    for (const events of this.#events.values()) events.close();
  }
}

class BadNumber extends Error {}
class TooMany extends Error {}

function signatureOf(data: ViewData, source: string, isLive: boolean): string {
  try {
    return data.place(source).signature(isLive);
  } catch {
    return "gone"; // the overview says so
  }
}

function numberIn(params: URLSearchParams, name: string, other: number): number {
  const text = params.get(name);
  if (text === null) return other;
  if (!/^\d{1,12}$/.test(text)) throw new BadNumber(name);
  return Number(text);
}

const ORDERS = ["input", "newest", "slowest"] as const;

/** Empty values are no filters. */
function filterIn(params: URLSearchParams): Filter {
  const text = (name: keyof Filter): string | undefined => params.get(name) || undefined;
  const one = <T extends string>(name: keyof Filter, values: readonly T[]): T | undefined =>
    values.find((value) => value === params.get(name));
  const all = {
    search: text("search"),
    status: one("status", STATUSES),
    kind: text("kind"),
    mark: text("mark"),
    group: text("group"),
    where: text("where"),
    sort: one("sort", ORDERS),
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

function jsonAnswer(value: unknown): Response {
  return Response.json(value, { headers: OWN_HEADERS });
}

function pageAnswer({ html, policy }: ViewServerParts["page"]): Response {
  const headers = {
    ...OWN_HEADERS,
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": policy,
  };
  return new Response(html, { headers });
}

function faultAnswer(status: number, code: string, message: string): Response {
  return answerWith(status, { error: { code, message } });
}

function answerWith(status: number, fault: PageFault): Response {
  const headers = { ...OWN_HEADERS, ...(status === 405 ? { allow: "GET" } : null) };
  return Response.json(fault, { status, headers });
}

function refusalWords({ status }: RequestRefusal, { faults }: Catalogue["viewer"]): string {
  if (status === 401) return faults.token;
  return status === 405 ? faults.notFound : faults.otherOrigin;
}

type Found = { readonly status: number; readonly fault: PageFault };

/** What is not the fault of the one who asks is what the files say, or ours. */
function faultOf(error: unknown, catalogue: Catalogue): Found {
  const { faults } = catalogue.viewer;
  const found = (status: number, code: string, message: string): Found => ({
    status,
    fault: { error: { code, message } },
  });
  if (error instanceof NoSource) return found(404, "no-source", faults.noSource);
  if (error instanceof Gone) return found(404, "gone", faults.gone);
  if (error instanceof BadNumber) return found(400, "bad-number", faults.badNumber);
  if (error instanceof TooMany) return found(503, "too-many", faults.tooMany);
  if (!(error instanceof CkptError)) return found(500, "failed", faults.failed);
  const { message } = describeError(error, catalogue);
  const isFilter = error.code === "usage.badValue" || error.code === "usage.badPattern";
  if (!isFilter) return found(500, error.code, message);
  return { status: 400, fault: { error: { code: "bad-filter", message, field: "where" } } };
}
