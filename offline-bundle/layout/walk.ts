/** Everything a manifest or index reaches, labeled by the artifact it belongs to; the way verify, import and mirror see content. */
import type { Descriptor, OciIndex, OciManifest } from '../../core/descriptor';
import { formatPlatform } from '../../core/descriptor';
import { type Digest, isDigest } from '../../core/digest';
import { checkFailed } from '../../core/errors';
import {
  ANNOTATION_KIND,
  ANNOTATION_NAME,
  ANNOTATION_TITLE,
  INDEX_TYPES,
  MANIFEST_TYPES,
} from '../../core/media-types';

/** Manifests above this are refused, as registries do (distribution-spec, "Pushing Manifests"). Bytes. */
export const MAX_MANIFEST_BYTES = 4 * 1024 * 1024;

export interface ReachedBlob {
  readonly descriptor: Descriptor;
  /** `<kind>/<name>`, or `bundle` for the root itself. */
  readonly artifact: string;
  /** File name inside the artifact, or `index`, `manifest`, `config`, `layer N`. */
  readonly file: string;
}

/** Reads a manifest's bytes, already checked against its descriptor. */
export type ManifestReader = (blob: ReachedBlob) => Promise<Buffer>;

const isManifest = (mediaType: string): boolean =>
  MANIFEST_TYPES.includes(mediaType) || INDEX_TYPES.includes(mediaType);

function checkDescriptor(descriptor: Descriptor, where: string): void {
  if (!isDigest(String(descriptor.digest)) || !Number.isSafeInteger(descriptor.size) || descriptor.size < 0) {
    throw checkFailed(`${where} has a malformed descriptor`, 'fetch the artifact again from its source');
  }
}

function childrenOf(parent: ReachedBlob, bytes: Buffer): ReachedBlob[] {
  const where = `${parent.artifact}: ${parent.file}`;
  let content: Partial<OciIndex & OciManifest>;
  try {
    content = JSON.parse(bytes.toString('utf8')) as Partial<OciIndex & OciManifest>;
  } catch {
    throw checkFailed(`${where} is not JSON`, 'fetch the artifact again from its source');
  }
  const suffix = parent.descriptor.platform === undefined ? '' : ` (${formatPlatform(parent.descriptor.platform)})`;
  const children: ReachedBlob[] = [];
  for (const descriptor of content.manifests ?? []) {
    const kind = descriptor.annotations?.[ANNOTATION_KIND];
    const name = descriptor.annotations?.[ANNOTATION_NAME];
    const artifact = kind === undefined ? parent.artifact : `${kind}/${name ?? '?'}`;
    const label = INDEX_TYPES.includes(descriptor.mediaType) ? 'index' : 'manifest';
    const platform = descriptor.platform === undefined ? '' : ` (${formatPlatform(descriptor.platform)})`;
    children.push({ descriptor, artifact, file: `${label}${platform}` });
  }
  if (content.config !== undefined)
    children.push({ descriptor: content.config, artifact: parent.artifact, file: `config${suffix}` });
  (content.layers ?? []).forEach((descriptor, at) => {
    const file = descriptor.annotations?.[ANNOTATION_TITLE] ?? `layer ${String(at + 1)}${suffix}`;
    children.push({ descriptor, artifact: parent.artifact, file });
  });
  for (const child of children) checkDescriptor(child.descriptor, `${where}: ${child.file}`);
  return children;
}

/**
 * Yields the root and every blob it reaches, each digest once, manifests before what they name.
 *
 * @param read gets the bytes of each manifest and index; it must check them
 * @throws AirlockError (check) for a malformed manifest, or whatever `read` throws
 */
export async function* walk(root: Descriptor, read: ManifestReader, artifact = 'bundle'): AsyncGenerator<ReachedBlob> {
  const seen = new Set<Digest>();
  const queue: ReachedBlob[] = [{ descriptor: root, artifact, file: 'index' }];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    if (seen.has(next.descriptor.digest)) continue;
    seen.add(next.descriptor.digest);
    yield next;
    if (!isManifest(next.descriptor.mediaType)) continue;
    if (next.descriptor.size > MAX_MANIFEST_BYTES) {
      throw checkFailed(
        `${next.artifact}: ${next.file} is larger than ${String(MAX_MANIFEST_BYTES)} bytes`,
        'split the index',
      );
    }
    queue.push(...childrenOf(next, await read(next)));
  }
}
