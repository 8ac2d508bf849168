/** Small facts about hosts and origins. */

/** True for this machine itself: `localhost`, 127.0.0.0/8, ::1; with or without port and brackets. */
export const isLoopback = (host: string): boolean =>
  /^(?:localhost|127(?:\.\d{1,3}){3}|\[?::1\]?)$/.test(
    host.replace(/:\d+$/, (port) => (host.startsWith('::') ? port : '')),
  );

/** True when credentials for one address may be shown to the other: same scheme, host and port. */
export const sameOrigin = (a: URL, b: URL): boolean => a.origin === b.origin;
