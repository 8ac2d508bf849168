/** A file by URL and expected hash → its size, once the bytes have been seen to be right. */
import { checkFailed } from '../../core/errors';
import type { LockFile } from '../../site/generated/lock';
import type { FileRequest } from '../../site/requests/requests';
import type { UpstreamClients } from '../fetch/clients';
import type { Headers } from '../fetch/http';
import { openRange, readResuming } from '../fetch/ranges';
import { throughUpstream } from '../fetch/settings';
import { atMost } from './at-most';
import { hashStream } from './hash-stream';

/** Most that is read of a body whose length nobody states: it might not end. Bytes. */
const UNSTATED_BYTES = 8 * 1024 ** 3;

/** Whether HTTP itself ends a body: where it comes by chunks, or unpacked, only its sender does. */
const isBounded = (headers: Headers): boolean =>
  headers['content-length'] !== undefined && (headers['content-encoding'] ?? 'identity') === 'identity';

/**
 * Fetches and hashes a file without keeping it.
 *
 * @param unstatedBytes most that is read where no length is stated
 * @throws AirlockError (check) when the bytes are others than the site names; (environment) when they do not end
 */
export async function resolveFile(
  { http, settings }: Pick<UpstreamClients, 'http' | 'settings'>,
  { name, url, sha256, usedBy }: FileRequest,
  unstatedBytes = UNSTATED_BYTES,
): Promise<LockFile> {
  let limit = unstatedBytes;
  const address = throughUpstream(new URL(url), settings.upstreams);
  const open = (offset: number): ReturnType<typeof openRange> =>
    openRange(
      (headers) => http.request({ url: address, headers }),
      offset,
      ({ headers }) => void (limit = isBounded(headers) ? Infinity : unstatedBytes),
    );
  const hashed = await hashStream(atMost(readResuming(http, open, address), () => limit, url));
  if (hashed.sha256 !== sha256) {
    throw checkFailed(
      'UPSTREAM_CONTENT_MISMATCH',
      `${url} gives ${hashed.size} bytes with SHA-256 ${hashed.sha256}; the site names ${sha256}`,
      'find out which of the two is right; a file that changes under one address is not to be trusted',
    );
  }
  return { name, url, size: hashed.size, sha256, ...(usedBy === undefined ? {} : { usedBy: [...usedBy] }) };
}
