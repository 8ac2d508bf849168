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

const REFETCH = 'fetch the artifact again from its source';

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isPlatform = (value: unknown): boolean =>
  isObject(value) && Object.values(value).every((part) => typeof part === 'string' || Array.isArray(part));

/** An annotation's text; annotations are text by the specification, but nothing has checked that yet. */
function annotation(descriptor: Descriptor, key: string): string | undefined {
  const value: unknown = descriptor.annotations?.[key];
  return typeof value === 'string' ? value : undefined;
}

function checkDescriptor(descriptor: Descriptor, where: string): void {
  const { mediaType, digest, size, platform }: Partial<Record<keyof Descriptor, unknown>> = descriptor;
  if (typeof mediaType === 'string' && typeof digest === 'string' && isDigest(digest)) {
    if (Number.isSafeInteger(size) && Number(size) >= 0 && (platform === undefined || isPlatform(platform))) return;
  }
  throw checkFailed('MANIFEST_INVALID', `${where} has a malformed descriptor`, REFETCH);
}

/** Manifests may come from anywhere: their outer shape is demanded before anything in them is read. */
function parseManifest(bytes: Buffer, where: string): Partial<OciIndex & OciManifest> {
  let content: unknown;
  try {
    content = JSON.parse(bytes.toString('utf8'));
  } catch {
    throw checkFailed('MANIFEST_INVALID', `${where} is not JSON`, REFETCH);
  }
  if (isObject(content)) {
    const { manifests = [], layers = [], config = {} } = content as Record<string, unknown>;
    const isList = (value: unknown): boolean => Array.isArray(value) && value.every(isObject);
    if (isList(manifests) && isList(layers) && isObject(config)) return content;
  }
  throw checkFailed('MANIFEST_INVALID', `${where} is not an OCI manifest or index`, REFETCH);
}

function childrenOf(parent: ReachedBlob, bytes: Buffer): ReachedBlob[] {
  const where = `${parent.artifact}: ${parent.file}`;
  const content = parseManifest(bytes, where);
  const suffix = parent.descriptor.platform === undefined ? '' : ` (${formatPlatform(parent.descriptor.platform)})`;
  const children: ReachedBlob[] = [];
  const named = [...(content.manifests ?? []), ...(content.config === undefined ? [] : [content.config])];
  [...named, ...(content.layers ?? [])].forEach((descriptor, at) =>
    checkDescriptor(descriptor, `${where}: descriptor ${at + 1}`),
  );
  for (const descriptor of content.manifests ?? []) {
    const kind = annotation(descriptor, ANNOTATION_KIND);
    const name = annotation(descriptor, ANNOTATION_NAME);
    const artifact = kind === undefined ? parent.artifact : `${kind}/${name ?? '?'}`;
    const label = INDEX_TYPES.includes(descriptor.mediaType) ? 'index' : 'manifest';
    const platform = descriptor.platform === undefined ? '' : ` (${formatPlatform(descriptor.platform)})`;
    children.push({ descriptor, artifact, file: `${label}${platform}` });
  }
  if (content.config !== undefined)
    children.push({ descriptor: content.config, artifact: parent.artifact, file: `config${suffix}` });
  (content.layers ?? []).forEach((descriptor, at) => {
    const file = annotation(descriptor, ANNOTATION_TITLE) ?? `layer ${String(at + 1)}${suffix}`;
    children.push({ descriptor, artifact: parent.artifact, file });
  });
  return children;
}

/**
 * Yields the root and every blob it reaches, each digest once, manifests before what they name.
 *
 * @param read gets the bytes of each manifest and index; it must check them
 * @throws AirlockError (check) for a malformed manifest, or whatever `read` throws
 */
export async function* walk(root: Descriptor, read: ManifestReader, artifact = 'bundle'): AsyncGenerator<ReachedBlob> {
  const seen = new Map<Digest, number>();
  const queue: ReachedBlob[] = [{ descriptor: root, artifact, file: 'index' }];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const { digest, size } = next.descriptor;
    const known = seen.get(digest);
    if (known !== undefined && known !== size) {
      throw checkFailed(
        'MANIFEST_INVALID',
        `${next.artifact}: ${next.file} (${digest}) is named with two sizes`,
        REFETCH,
      );
    }
    if (known !== undefined) continue;
    seen.set(digest, size);
    yield next;
    if (!isManifest(next.descriptor.mediaType)) continue;
    if (next.descriptor.size > MAX_MANIFEST_BYTES) {
      throw checkFailed(
        'MANIFEST_INVALID',
        `${next.artifact}: ${next.file} is larger than ${String(MAX_MANIFEST_BYTES)} bytes`,
        'split the index',
      );
    }
    queue.push(...childrenOf(next, await read(next)));
  }
}
