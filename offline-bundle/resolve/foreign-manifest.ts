/** Reads manifests and indexes of strangers, as far as a lock needs them. */
import { type Descriptor, type Platform, parsePlatform } from '../../core/descriptor';
import { isDigest } from '../../core/digest';
import { type AirlockError, badInput } from '../../core/errors';
import { isCount, isObject, parseJsonObject } from '../fetch/small-json';
import type { LockContent } from '../../site/generated/lock';

/** Config types of container images; anything else in a manifest is another kind of artifact. */
const IMAGE_CONFIGS = ['application/vnd.oci.image.config.v1+json', 'application/vnd.docker.container.image.v1+json'];

const broken = (name: string, what: string): AirlockError =>
  badInput('ARTIFACT_MALFORMED', `image ${name}: ${what}`, 'name another image, or tell its maker');

function content(value: unknown, name: string, what: string): LockContent {
  if (!isObject(value)) throw broken(name, `its ${what} has no descriptor`);
  const { mediaType, digest, size } = value;
  if (typeof mediaType !== 'string' || typeof digest !== 'string' || !isCount(size))
    throw broken(name, `the descriptor of its ${what} lacks mediaType, digest or size`);
  if (!isDigest(digest)) throw broken(name, `its ${what} has the digest ${digest}; only sha256 is supported`);
  return { mediaType, digest, size };
}

function platform(value: unknown): Platform | undefined {
  if (!isObject(value)) return undefined;
  const { os, architecture, variant } = value;
  if (typeof os !== 'string' || typeof architecture !== 'string') return undefined;
  return { os, architecture, ...(typeof variant === 'string' && variant !== '' ? { variant } : {}) };
}

/** Attestations lie beside images under a platform of this name (moby/buildkit, docs/attestations/attestation-storage.md). */
export const isAttestation = ({ platform }: Pick<Descriptor, 'platform'>): boolean => platform?.os === 'unknown';

/** The children of an index, in its order. @throws AirlockError (input) when it has another form */
export function indexChildren(bytes: Buffer, name: string): Descriptor[] {
  const { manifests } = parseJsonObject(bytes, name);
  if (!Array.isArray(manifests)) throw broken(name, 'its index lists no manifests');
  return (manifests as unknown[]).map((child, at) => {
    const own = isObject(child) ? platform(child['platform']) : undefined;
    return {
      ...content(child, name, `child ${at + 1}`),
      ...(own === undefined ? {} : { platform: own }),
    };
  });
}

/** Config and layers of an image manifest. @throws AirlockError (input) when it is none */
export function manifestParts(bytes: Buffer, name: string): { config: LockContent; layers: LockContent[] } {
  const { config, layers } = parseJsonObject(bytes, name);
  if (!Array.isArray(layers)) throw broken(name, 'its manifest lists no layers');
  const described = content(config, name, 'config');
  if (!IMAGE_CONFIGS.includes(described.mediaType))
    throw broken(name, `it is no container image (its config is ${described.mediaType})`);
  return {
    config: described,
    layers: (layers as unknown[]).map((layer, at) => content(layer, name, `layer ${at + 1}`)),
  };
}

/** Platform that an image config states (image-spec, config.md). @throws AirlockError (input) when it states none */
export function configPlatform(bytes: Buffer, name: string): Platform {
  const stated = platform(parseJsonObject(bytes, name));
  if (stated === undefined) throw broken(name, 'its config states no os and architecture');
  return stated;
}

/** Variants that are the same as none: what every machine of that architecture runs (containerd/platforms, defaults). */
const BASE_VARIANTS: Readonly<Record<string, string>> = { arm64: 'v8', amd64: 'v1' };

/** Whether something made for `have` is what a site means by `wanted` (os/architecture). */
export function servesPlatform(have: Platform, wanted: string): boolean {
  const want = parsePlatform(wanted);
  if (have.os !== want.os || have.architecture !== want.architecture) return false;
  return (
    have.variant === want.variant || (want.variant === undefined && have.variant === BASE_VARIANTS[have.architecture])
  );
}
