// Whether answers come as streams is decided by `--stream` alone, not by what an item's body says: the answer that is kept is the same.
import type { RequestBody } from "../api/api.ts";
import type { Request, RequestMaker } from "../request/request.ts";

/** The same requests, asking for streams where the API has them, or for none. */
export function streamedRequests(requests: RequestMaker, isStream: boolean): RequestMaker {
  return {
    ...requests,
    requestOf: (item) => {
      const request = requests.requestOf(item);
      return "body" in request ? withStream(request, isStream) : request;
    },
  };
}

function withStream(request: Request, isStream: boolean): Request {
  const { api, body } = request;
  if (isStream && api.stream !== null) return { ...request, body: { ...body, ...api.stream.parameters } };
  return { ...request, body: "stream" in body ? withoutStream(body) : body };
}

function withoutStream(body: RequestBody): RequestBody {
  const { stream: _stream, stream_options: _options, ...rest } = body;
  return rest;
}
