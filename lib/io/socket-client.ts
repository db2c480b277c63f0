// Asks an HTTP server on a Unix socket.

export type SocketRequest = {
  /** What follows the host, as `/status`. */
  readonly target: string;
  /** Sent as JSON, with POST. */
  readonly body?: unknown;
  readonly signal?: AbortSignal;
};

/** @throws the errors of fetch: nobody listens there, or the connection was lost */
export function askSocket(path: string, { target, body, signal }: SocketRequest): Promise<Response> {
  const sent =
    body === undefined
      ? null
      : { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json" } };
  // Without `timeout` Bun gives up after five minutes; a proxy of the environment is for hosts.
  const options = { ...sent, ...(signal === undefined ? null : { signal }), unix: path, timeout: false };
  return fetch(`http://ckpt${target}`, options);
}
