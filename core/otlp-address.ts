/** What is wrong with the address of an OTLP endpoint. */

export interface AddressFault {
  readonly message: string;
  readonly fix: string;
}

/** An address below which `/v1/traces` is taken, without credentials; undefined when all is well. */
export function otlpAddressFault(address: string): AddressFault | undefined {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol) || /\/v1\/traces\/?$/.test(url.pathname))
    return { message: `"${address}" is no OTLP address`, fix: 'write http(s)://<host>:<port> without /v1/traces' };
  if (url.username !== '' || url.password !== '')
    return { message: `the address of ${url.host} holds credentials`, fix: 'give them as a secret header' };
  return undefined;
}
