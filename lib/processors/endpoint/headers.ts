// Headers of requests, as people give them: which names and values HTTP takes (RFC 9110, 5.1 and 5.5), which names hold secrets, and which are not theirs.

const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** One line of Latin-1: what Bun sends as it is. */
const VALUE = /^[\t\x20-\x7e\xa0-\xff]+$/;

export function isHeaderName(name: string): boolean {
  return NAME.test(name);
}

export function isHeaderValue(value: string): boolean {
  return VALUE.test(value);
}

const SECRET_NAME =
  /authori[sz]ation|authenticat|cookie|key|token|secret|passw|credential|signature|(?:^|[-_.])(?:auth|sig)(?:[-_.]|$)/i;

/** Whether what a header or a parameter of a URL is called says that it holds a secret. */
export function namesSecret(name: string): boolean {
  return SECRET_NAME.test(name);
}

/** What belongs to the connection, or follows from the body (RFC 9110, 7.6.1). */
const RESERVED: ReadonlySet<string> = new Set([
  "connection",
  "content-length",
  "expect",
  "host",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** @param name in small letters */
export function isReservedHeader(name: string): boolean {
  return RESERVED.has(name);
}
