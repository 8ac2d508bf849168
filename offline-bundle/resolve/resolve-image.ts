/** An image reference → index, platform manifests, configs and layers by digest. */
import { type Descriptor, formatPlatform } from '../../core/descriptor';
import type { Digest } from '../../core/digest';
import { badInput, checkFailed } from '../../core/errors';
import { INDEX_TYPES, MANIFEST_TYPES } from '../../core/media-types';
import { type OciReference, parseOciReference } from '../../core/oci-reference';
import { imageRepository } from '../../site/enclave-names';
import type { LockContent, LockImage, LockImageManifest } from '../../site/generated/lock';
import type { ImageRequest } from '../../site/requests/requests';
import type { UpstreamClients } from '../fetch/clients';
import type { FetchedManifest } from '../oci/registry-client';
import { readSmallBlob } from './small-blob';
import { configPlatform, indexChildren, isAttestation, manifestParts, servesPlatform } from './foreign-manifest';
import { listChildren } from './nested-indexes';

type Clients = Pick<UpstreamClients, 'registry' | 'http' | 'settings'>;

const contentOf = ({ mediaType, digest, bytes }: FetchedManifest): LockContent => ({
  mediaType,
  digest,
  size: bytes.length,
});

/**
 * Resolves an image for the platforms asked for.
 *
 * @throws AirlockError (input) when image or platform do not exist; see also `RegistryClient.getManifest`
 */
export async function resolveImage(clients: Clients, request: ImageRequest): Promise<LockImage> {
  const reference = parseOciReference(request.reference);
  const top = await clients.registry.getManifest(reference);
  const found = INDEX_TYPES.includes(top.mediaType)
    ? await fromIndex(clients, request, reference, top)
    : await fromManifest(clients, request, reference, top);
  return {
    name: request.name,
    reference: request.reference,
    repository: imageRepository(reference),
    usedBy: [...request.usedBy],
    ...found,
  };
}

type Child = Pick<Descriptor, 'mediaType' | 'digest' | 'platform'>;

type Found = Pick<LockImage, 'index' | 'complete' | 'indexes' | 'manifests'>;

const lockedManifest = (manifest: FetchedManifest, platform: string, name: string): LockImageManifest => ({
  platform,
  ...contentOf(manifest),
  ...manifestParts(manifest.bytes, name),
});

/** A child of an index, under the digest and the size that the index states. */
async function childManifest(
  { registry }: Clients,
  { host, path }: OciReference,
  { digest, size }: Descriptor,
  name: string,
): Promise<FetchedManifest> {
  const manifest = await registry.getManifest({ host, path, digest });
  if (manifest.bytes.length === size) return manifest;
  throw checkFailed(
    'UPSTREAM_CONTENT_MISMATCH',
    `${name} has ${manifest.bytes.length} bytes, its index says ${size}`,
    'the index is broken; name another image',
  );
}

async function fromIndex(
  clients: Clients,
  request: ImageRequest,
  reference: OciReference,
  top: FetchedManifest,
): Promise<Found> {
  const name = request.reference;
  const listed = await listChildren(top, name, request.platforms, (child) =>
    childManifest(clients, reference, child, `image ${name}: the index ${child.digest}`),
  );
  const chosen = request.platforms.map((platform) => ({ platform, child: choose(listed, platform) }));
  const missing = chosen.filter(({ child }) => child === undefined).map(({ platform }) => platform);
  const found = chosen.flatMap(({ platform, child }) => (child === undefined ? [] : [{ platform, child }]));
  if (missing.length > 0) throw noPlatform(request, missing, listed);
  const manifests = await Promise.all(
    found.map(async ({ platform, child }) =>
      lockedManifest(
        await childManifest(clients, reference, child, `image ${name}: the manifest for ${platform}`),
        platform,
        name,
      ),
    ),
  );
  const carried = new Set<Digest>(manifests.map((manifest) => manifest.digest));
  const index = contentOf(top);
  if (indexChildren(top.bytes, name).every((child) => carried.has(child.digest)))
    return { index, complete: true, manifests };
  const nested = new Map(found.flatMap(({ child }) => child.within).map((one) => [one.digest, contentOf(one)]));
  return { index, complete: false, indexes: [index, ...nested.values()], manifests };
}

/** The child without a variant wins over one that names the base variant. */
function choose<T extends Descriptor>(children: readonly T[], wanted: string): T | undefined {
  const serving = children.filter(
    ({ mediaType, platform }) =>
      platform !== undefined && MANIFEST_TYPES.includes(mediaType) && servesPlatform(platform, wanted),
  );
  return serving.find(({ platform }) => platform?.variant === undefined) ?? serving[0];
}

async function fromManifest(
  clients: Clients,
  request: ImageRequest,
  reference: OciReference,
  top: FetchedManifest,
): Promise<Found> {
  const { config } = manifestParts(top.bytes, request.reference);
  const have = configPlatform(await readSmallBlob(clients, reference, config), request.reference);
  const missing = request.platforms.filter((platform) => !servesPlatform(have, platform));
  if (missing.length > 0) throw noPlatform(request, missing, [{ ...contentOf(top), platform: have }]);
  return {
    complete: false,
    manifests: request.platforms.map((platform) => lockedManifest(top, platform, request.reference)),
  };
}

function noPlatform(request: ImageRequest, missing: readonly string[], children: readonly Child[]): Error {
  const images = children.filter((child) => MANIFEST_TYPES.includes(child.mediaType) && !isAttestation(child));
  const named = images.flatMap(({ platform }) => (platform === undefined ? [] : [formatPlatform(platform)]));
  const known = [...new Set(named)].sort();
  const unnamed = images.filter(({ platform }) => platform === undefined);
  const advice = [
    `platforms there: ${known.join(', ') || 'none'}`,
    ...(unnamed.length === 0
      ? []
      : [
          `it lists images without a platform: name one by its digest (${unnamed.map(({ digest }) => digest).join(', ')})`,
        ]),
    'choose another image, or other platforms in the site',
  ];
  return badInput(
    'IMAGE_LACKS_PLATFORM',
    `image ${request.reference} has nothing for ${missing.join(', ')}`,
    advice.join('; '),
  );
}
