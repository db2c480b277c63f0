// The server of `ckpt view` on 127.0.0.1: it gives the page, and the data that the page asks for (page-contract.ts). It only reads. Whatever goes wrong is answered in words,
// never with a stack.
import { CkptError } from "../../core/errors.ts";
import { STATUSES } from "../../core/record.ts";
import type { Clock } from "../../io/clock.ts";
import { collectGarbage } from "../../io/garbage.ts";
import { type LoopbackServer, serveLoopback } from "../../io/http-listener.ts";
import type { Language } from "../../ui/language.ts";
import type { Catalogue } from "../../ui/messages/en.ts";
import { describeError } from "../../ui/render-error.ts";
import { Gone, PageReader, ROWS_MAX } from "../data/page-reader.ts";
import { NoSource } from "../data/source-index.ts";
import type { ViewData } from "../data/view-data.ts";
import type { Filter, PageFault } from "../page-contract.ts";
import { SourceEvents } from "./source-events.ts";
import { OWN_HEADERS, requestRefusal, type RequestRefusal } from "./request-refusal.ts";

export type PageServerParts = {
  readonly data: ViewData;
  readonly clock: Clock;
  readonly token: string;
  /** 0: any free port. */
  readonly port: number;
  /** The page, which holds no data, and its Content-Security-Policy. */
  readonly page: { readonly html: string; readonly policy: string };
  /** Called with errors that are faults of ckpt itself. */
  readonly onFailure: (error: unknown) => void;
};

/** @throws errors of the system: EADDRINUSE, EACCES */
export function openPageServer(parts: PageServerParts): LoopbackServer {
  const answers = new PageAnswers(parts);
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

class PageAnswers {
  readonly #parts: PageServerParts;
  readonly #reader: PageReader;
  readonly #events = new Map<string, SourceEvents>();

  constructor(parts: PageServerParts) {
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
      const answer = await this.#dataAnswer(pathname, searchParams, language, request.signal);
      return answer ?? faultAnswer(404, "not-found", viewer.faults.notFound);
    } catch (error) {
      const { status, fault } = this.#faultOf(error, catalogue);
      return answerWith(status, fault);
    } finally {
      collectGarbage();
    }
  }

  /** Null when there is no such path. */
  async #dataAnswer(
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
    data.source(source); // throws when there is none
    const key = `${language} ${source}`;
    this.#forgetIdle(key);
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

  /** Forgets the events that nobody reads. @param key of those that are wanted now */
  #forgetIdle(key: string): void {
    for (const [other, events] of this.#events)
      if (events.isIdle && other !== key) this.#events.delete(other);
  }

  #faultOf(error: unknown, catalogue: Catalogue): FaultAnswer {
    const answer = faultOf(error, catalogue);
    if (answer.fault.error.code === "failed") this.#parts.onFailure(error);
    return answer;
  }

  close(): void {
    for (const events of this.#events.values()) events.close();
  }
}

class BadNumber extends Error {}
class TooMany extends Error {}

function signatureOf(data: ViewData, source: string, isLive: boolean): string {
  try {
    return data.source(source).signature(isLive);
  } catch {
    return "gone"; // the next overview says so
  }
}

function numberIn(params: URLSearchParams, name: string, fallback: number): number {
  const text = params.get(name);
  if (text === null) return fallback;
  if (!/^\d{1,12}$/.test(text)) throw new BadNumber(name);
  return Number(text);
}

const ORDERS = ["input", "newest", "slowest"] as const;

/** The filter in a query. An empty value is no condition. */
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

function pageAnswer({ html, policy }: PageServerParts["page"]): Response {
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

type FaultAnswer = { readonly status: number; readonly fault: PageFault };

/** 4xx: the request is at fault. 500: the files cannot be read (with the code of ckpt's error), or ckpt is at fault (`failed`). */
function faultOf(error: unknown, catalogue: Catalogue): FaultAnswer {
  const { faults } = catalogue.viewer;
  const answer = (status: number, code: string, message: string): FaultAnswer => ({
    status,
    fault: { error: { code, message } },
  });
  if (error instanceof NoSource) return answer(404, "no-source", faults.noSource);
  if (error instanceof Gone) return answer(404, "gone", faults.gone);
  if (error instanceof BadNumber) return answer(400, "bad-number", faults.badNumber);
  if (error instanceof TooMany) return answer(503, "too-many", faults.tooMany);
  if (!(error instanceof CkptError)) return answer(500, "failed", faults.failed);
  const { message } = describeError(error, catalogue);
  const isFilter = error.code === "usage.badValue" || error.code === "usage.badPattern";
  if (!isFilter) return answer(500, error.code, message);
  return { status: 400, fault: { error: { code: "bad-filter", message, field: "where" } } };
}
