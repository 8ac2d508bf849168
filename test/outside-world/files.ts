/** A plain file server: what a vendor's download page is. */
import { type Content, contentOf } from './bytes';
import { type OutsideServer, type ServerOptions, startServer, textAnswer } from './server';

export interface FileServerOptions extends ServerOptions {
  /** Content by absolute path, e.g. `/tools/probe.bin`. */
  readonly files: Readonly<Record<string, Content | Uint8Array | string>>;
}

export function startFileServer({ files, ...options }: FileServerOptions): Promise<OutsideServer> {
  const served = new Map(Object.entries(files).map(([path, content]) => [path, contentOf(content)]));
  return startServer(({ method, url }) => {
    const body = served.get(decodeURIComponent(url.pathname));
    if (body === undefined) return textAnswer(404, 'not found\n');
    if (method !== 'GET' && method !== 'HEAD') return textAnswer(405, 'method not allowed\n');
    // An ETag that says nothing about the content, as most file servers have it.
    const headers = { 'Content-Type': 'application/octet-stream', ETag: `"${body.size.toString(16)}-5e0be100"` };
    return { status: 200, headers, body, ranges: true };
  }, options);
}
