/** What a request line names. */
import type { FastifyRequest } from 'fastify';

export interface RequestTarget {
  /** Percent-decoded once, so that `library%2Fbusybox` and `library/busybox` are the same name. */
  readonly path: string;
  readonly query: URLSearchParams;
}

/** @returns undefined when the path is not valid percent-encoding */
export function requestTarget(request: FastifyRequest): RequestTarget | undefined {
  const { url = '/' } = request.raw;
  const mark = url.indexOf('?');
  const query = new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1));
  try {
    return { path: decodeURIComponent(mark < 0 ? url : url.slice(0, mark)), query };
  } catch {
    return undefined;
  }
}
