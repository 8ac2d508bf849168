/** A blob that is read whole while locking: the config of an image, a packaged chart. */
import { digestOf } from '../../core/digest';
import { badInput, checkFailed } from '../../core/errors';
import type { OciReference } from '../../core/oci-reference';
import type { LockContent } from '../../site/generated/lock';
import type { UpstreamClients } from '../fetch/clients';
import { type OpenAt, readResuming, readUpTo } from '../fetch/ranges';
import { registryBase } from '../oci/registry-client';

/** Image configs have some kilobytes, and Helm refuses charts above a few megabytes; a larger one is an attack or a mistake. Bytes. */
export const SMALL_BLOB_LIMIT = 32 * 1024 ** 2;

/**
 * Reads a blob of a registry into memory.
 *
 * @throws AirlockError (input) when it is large, (check) when the bytes have another digest
 */
export async function readSmallBlob(
  { http, registry, settings }: Pick<UpstreamClients, 'registry' | 'http' | 'settings'>,
  reference: OciReference,
  { digest, size }: Pick<LockContent, 'digest' | 'size'>,
): Promise<Buffer> {
  const name = `${digest} of ${reference.host}/${reference.path}`;
  if (size > SMALL_BLOB_LIMIT)
    throw badInput('ARTIFACT_MALFORMED', `${name} has ${size} bytes`, `at most ${SMALL_BLOB_LIMIT} are accepted`);
  const open: OpenAt = (offset) => registry.openBlob(reference, digest, offset);
  // One byte more than stated shows that there are more.
  const bytes = await readUpTo(readResuming(http, open, registryBase(reference.host, settings.upstreams)), size + 1);
  if (bytes.length === size && digestOf(bytes) === digest) return bytes;
  throw checkFailed(
    'UPSTREAM_CONTENT_MISMATCH',
    `${name} is not what its manifest names: ${bytes.length} bytes of ${size}, ${digestOf(bytes)}`,
    'the registry or a proxy before it gives wrong bytes; do not use them',
  );
}
