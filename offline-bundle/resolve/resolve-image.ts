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
import { configPlatform, indexChildren, manifestParts, servesPlatform } from './foreign-manifest';

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

type Found = Pick<LockImage, 'index' | 'complete' | 'manifests'>;

const lockedManifest = (manifest: FetchedManifest, platform: string, name: string): LockImageManifest => ({
  platform,
  ...contentOf(manifest),
  ...manifestParts(manifest.bytes, name),
});

async function fromIndex(
  clients: Clients,
  request: ImageRequest,
  reference: OciReference,
  top: FetchedManifest,
): Promise<Found> {
  const children = indexChildren(top.bytes, request.reference);
  const chosen = request.platforms.map((platform) => ({ platform, child: choose(children, platform) }));
  const missing = chosen.filter(({ child }) => child === undefined).map(({ platform }) => platform);
  if (missing.length > 0) throw noPlatform(request, missing, children);
  const manifests = await Promise.all(
    chosen.map(async ({ platform, child }) => {
      if (child === undefined) throw noPlatform(request, [platform], children);
      const manifest = await clients.registry.getManifest({
        host: reference.host,
        path: reference.path,
        digest: child.digest,
      });
      if (manifest.bytes.length !== child.size) {
        throw checkFailed(
          'UPSTREAM_CONTENT_MISMATCH',
          `image ${request.reference}: the manifest for ${platform} has ${manifest.bytes.length} bytes, its index says ${child.size}`,
          'the index is broken; name another image',
        );
      }
      return lockedManifest(manifest, platform, request.reference);
    }),
  );
  const carried = new Set<Digest>(manifests.map((manifest) => manifest.digest));
  return { index: contentOf(top), complete: children.every((child) => carried.has(child.digest)), manifests };
}

/** The child without a variant wins over one that names the base variant. */
function choose(children: readonly Descriptor[], wanted: string): Descriptor | undefined {
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

/** Attestations lie beside images under a platform of this name (moby/buildkit, docs/attestations/attestation-storage.md). */
const NO_PLATFORM = 'unknown/';

function noPlatform(request: ImageRequest, missing: readonly string[], children: readonly Child[]): Error {
  const images = children.filter(({ mediaType }) => MANIFEST_TYPES.includes(mediaType));
  const named = images.flatMap(({ platform }) => (platform === undefined ? [] : [formatPlatform(platform)]));
  const known = [...new Set(named)].filter((platform) => !platform.startsWith(NO_PLATFORM)).sort();
  const nested = children.filter(({ mediaType }) => INDEX_TYPES.includes(mediaType));
  const unnamed = images.filter(({ platform }) => platform === undefined);
  const advice = [
    `platforms there: ${known.join(', ') || 'none'}`,
    ...(nested.length === 0
      ? []
      : [
          `it lists another index, which is not followed: name that one by its digest (${nested.map(({ digest }) => digest).join(', ')})`,
        ]),
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
