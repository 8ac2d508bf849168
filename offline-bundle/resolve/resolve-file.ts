/** A file by URL and expected hash → its size, once the bytes have been seen to be right. */
import { checkFailed } from '../../core/errors';
import type { LockFile } from '../../site/generated/lock';
import type { FileRequest } from '../../site/requests/requests';
import type { UpstreamClients } from '../fetch/clients';
import { openRange, readResuming } from '../fetch/ranges';
import { throughUpstream } from '../fetch/settings';
import { hashStream } from './hash-stream';

/**
 * Fetches and hashes a file without keeping it.
 *
 * @throws AirlockError (check) when the bytes are others than the site names
 */
export async function resolveFile(
  { http, settings }: Pick<UpstreamClients, 'http' | 'settings'>,
  { name, url, sha256, usedBy }: FileRequest,
): Promise<LockFile> {
  const address = throughUpstream(new URL(url), settings.upstreams);
  const open = (offset: number): ReturnType<typeof openRange> =>
    openRange(
      (headers) => http.request({ url: address, headers }),
      offset,
      () => undefined,
    );
  const hashed = await hashStream(readResuming(http, open, address));
  if (hashed.sha256 !== sha256) {
    throw checkFailed(
      'UPSTREAM_CONTENT_MISMATCH',
      `${url} gives ${hashed.size} bytes with SHA-256 ${hashed.sha256}; the site names ${sha256}`,
      'find out which of the two is right; a file that changes under one address is not to be trusted',
    );
  }
  return { name, url, size: hashed.size, sha256, ...(usedBy === undefined ? {} : { usedBy: [...usedBy] }) };
}
