// Rules for request headers given by users: valid names and values (RFC 9110, 5.1 and 5.5), names of secrets, and reserved names.

const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** One line of Latin-1, which Bun sends unchanged. */
const VALUE = /^[\t\x20-\x7e\xa0-\xff]+$/;

export function isHeaderName(name: string): boolean {
  return NAME.test(name);
}

export function isHeaderValue(value: string): boolean {
  return VALUE.test(value);
}

/** Whether a text can be a key: each request with anything else would fail, and look like a broken network. */
export function isKey(text: string): boolean {
  return /^[!-~]+$/.test(text);
}

const SECRET_NAME =
  /authori[sz]ation|authenticat|cookie|key|token|secret|passw|credential|signature|(?:^|[-_.])(?:auth|sig|pwd|pass)(?:[-_.]|$)/i;

/** Whether the name of a header or URL parameter indicates a secret. */
export function namesSecret(name: string): boolean {
  return SECRET_NAME.test(name);
}

/** Headers that belong to the connection or follow from the body (RFC 9110, 7.6.1). */
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

/** @param name in lower case */
export function isReservedHeader(name: string): boolean {
  return RESERVED.has(name);
}
